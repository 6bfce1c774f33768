package io.covey.coordinator.store;

import static io.covey.coordinator.store.Records.DIGITS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.privacy.ModelBudget;
import io.covey.coordinator.privacy.PrivacyAccount;
import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.PrivacyBudget;
import io.covey.crypto.privacy.accounting.RoundCost;
import io.covey.protocols.id.ModelName;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class JdbiPrivacyStoreTest {
  private static final RoundCost COST = new RoundCost(2.2747123456789, 1 / 3.0, 0x1p-96);
  private static final RoundCost OTHER = new RoundCost(Math.nextUp(2.2747123456789), 1, 0x1p-96);

  private final TestedDatabase tested;
  private DatabaseSettings settings;
  private Database database;
  private JdbiPrivacyStore privacy;

  JdbiPrivacyStoreTest(TestedDatabase tested) {
    this.tested = tested;
  }

  @BeforeEach
  void open(@TempDir Path directory) {
    settings = tested.fresh(directory);
    database = Database.open(settings);
    privacy = new JdbiPrivacyStore(database);
    new JdbiModelStore(database).addModel(Records.model(DIGITS), Records.version(DIGITS, 1));
  }

  @AfterEach
  void close() {
    // A skipped test has opened nothing.
    if (database != null) {
      database.close();
    }
  }

  @Test
  void aModelBeginsWithNothingSpentAndNoBudget() {
    assertThat(privacy.account(DIGITS)).isEqualTo(PrivacyAccount.empty());
    assertThat(privacy.account(new ModelName("none"))).isEqualTo(PrivacyAccount.empty());
    assertThat(privacy.clipNorm(DIGITS)).isEmpty();
  }

  @Test
  void roundsAreCountedByTheirExactCosts() {
    privacy.charge(DIGITS, Optional.of(COST));
    privacy.charge(DIGITS, Optional.of(OTHER));
    privacy.charge(DIGITS, Optional.of(COST));
    privacy.charge(DIGITS, Optional.empty());
    privacy.charge(DIGITS, Optional.empty());

    PrivacyAccount account = privacy.account(DIGITS);
    assertThat(account.ledger().counts()).isEqualTo(Map.of(COST, 2L, OTHER, 1L));
    assertThat(account.roundsWithoutNoise()).isEqualTo(2);
  }

  @Test
  void aBudgetIsReplacedAndLeavesWhatIsSpent() {
    ModelBudget first = new ModelBudget(new PrivacyBudget(8, 1e-6), Observer.COORDINATOR);
    ModelBudget second = new ModelBudget(new PrivacyBudget(0.1, 1e-7), Observer.MODEL_CONSUMER);
    privacy.setBudget(DIGITS, first);
    assertThat(privacy.account(DIGITS).budget()).contains(first);
    privacy.charge(DIGITS, Optional.of(COST));
    privacy.charge(DIGITS, Optional.empty());
    privacy.setClipNorm(DIGITS, Optional.of(0.1f));
    privacy.setBudget(DIGITS, second);

    PrivacyAccount account = privacy.account(DIGITS);
    assertThat(account.budget()).contains(second);
    assertThat(account.rounds()).isEqualTo(2);
    assertThat(privacy.clipNorm(DIGITS)).contains(0.1f);
  }

  @Test
  void theClipNormIsKeptAndForgotten() {
    privacy.setClipNorm(DIGITS, Optional.of(1.25f));
    privacy.setClipNorm(DIGITS, Optional.of(0.7f));
    assertThat(privacy.clipNorm(DIGITS)).contains(0.7f);
    privacy.setClipNorm(DIGITS, Optional.empty());
    assertThat(privacy.clipNorm(DIGITS)).isEmpty();
  }

  @Test
  void ofAModelThatIsNotThereNothingIsKept() {
    ModelName none = new ModelName("none");
    ModelBudget budget = new ModelBudget(new PrivacyBudget(8, 1e-6), Observer.COORDINATOR);
    assertThatThrownBy(() -> privacy.setBudget(none, budget)).hasMessageContaining("none");
    assertThatThrownBy(() -> privacy.charge(none, Optional.empty())).hasMessageContaining("none");
    assertThatThrownBy(() -> privacy.charge(none, Optional.of(COST)))
        .isInstanceOf(RuntimeException.class);
  }
}
