package io.covey.coordinator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.protocols.message.ReportedState;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stored form is read by later versions: a change here needs a migration. */
class StoredJsonTest {
  private static final TypeReference<TrainingPlan> PLAN = new TypeReference<>() {};
  private static final TypeReference<List<ReportedState.ModelState>> STATES =
      new TypeReference<>() {};

  private static final String STANDARD_PLAN =
      "{'cohortSize':8,'minimumReports':4,"
          + "'training':{'epochs':5,'batchSize':20,'learningRate':0.1,'proximalMu':0.0},"
          + "'valueBits':12,'clipNorm':4.0,'maximumWeight':512,'maximumLoss':16.0,"
          + "'optimization':{'algorithm':'FED_AVG','learningRate':1.0,'momentum':0.0,"
          + "'secondMoment':0.0,'adaptivity':0.001},"
          + "'selectionPeriod':'PT30S','reportingPeriod':'PT1M',"
          + "'aggregation':{'adversary':'SEMI_MALICIOUS','corruptFraction':0.1,"
          + "'dropoutFraction':0.1,'privacyBits':40,'correctnessBits':30,"
          + "'stepPeriod':'PT30S'},'privacy':null}";

  private static String json(String singleQuoted) {
    return singleQuoted.replace('\'', '"');
  }

  @Test
  void aPlanHasThisForm() {
    assertThat(StoredJson.write(TrainingPlan.standard())).isEqualTo(json(STANDARD_PLAN));
    assertThat(StoredJson.read(json(STANDARD_PLAN), PLAN)).isEqualTo(TrainingPlan.standard());
  }

  @Test
  void modelStatesHaveThisForm() {
    String states =
        "[{'model':'digits','version':'2','status':'SERVING','detail':''},"
            + "{'model':'digits','version':'3','status':'REFUSED','detail':'why'}]";
    List<ReportedState.ModelState> read = StoredJson.read(json(states), STATES);
    assertThat(read).hasSize(2);
    assertThat(StoredJson.write(read)).isEqualTo(json(states));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "[{'model':'digits'}]",
        "[{'model':'digits','version':'0','status':'SERVING','detail':''}]",
        "[{'model':'digits','version':'x','status':'SERVING','detail':''}]",
        "[{'model':'a b','version':'1','status':'SERVING','detail':''}]",
        "[{'model':'digits','version':'1','status':'UNHEARD','detail':''}]",
        "[{'model':'digits','version':'1','status':'SERVING','detail':'','more':1}]",
        "[] []"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> StoredJson.read(json(text), STATES))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
