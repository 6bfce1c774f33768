package io.covey.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.NullMarked;

/** The rules of ARCHITECTURE.md over everything below one root package. */
final class Architecture {
  private static final List<String> PURE =
      List.of(
          "crypto.secagg..",
          "crypto.release..",
          "crypto.message..",
          "coordinator.round..",
          "edgeagent.session..");

  /** Each library with the packages, below the root, that may use it. */
  private static final List<Home> HOMES =
      List.of(
          new Home(
              List.of("org.bouncycastle.."),
              List.of("crypto.primitive.bc..", "crypto.identity.x509..")),
          new Home(
              List.of(
                  "org.bouncycastle.cert..",
                  "org.bouncycastle.operator..",
                  "org.bouncycastle.pkcs.."),
              List.of("crypto.identity.x509..")),
          new Home(List.of("org.eclipse.paho.."), List.of("protocols.transport..")),
          new Home(List.of("org.bytedeco.."), List.of("models.runtime..")),
          new Home(
              List.of("org.tensorflow..", "com.google.flatbuffers.."), List.of("models.graph..")),
          new Home(List.of("de.siegmar.fastcsv.."), List.of("models.data..")),
          new Home(List.of("com.hivemq.."), List.of("coordinator.broker..")),
          new Home(
              List.of(
                  "java.sql..",
                  "javax.sql..",
                  "org.jdbi..",
                  "org.flywaydb..",
                  "com.zaxxer..",
                  "org.h2..",
                  "org.postgresql.."),
              List.of("coordinator.store..")));

  private static final String[] MEANINGLESS_PACKAGES = {
    "..util..", "..utils..", "..common..", "..commons..", "..helper..", "..helpers..", "..misc.."
  };

  private record Home(List<String> library, List<String> packages) {}

  private final String root;

  Architecture(String root) {
    this.root = root;
  }

  /** Rule 1: the protocol cores neither wait, nor read, nor draw: all of that is an argument. */
  List<ArchRule> cores() {
    return List.of(coresKeepToPureLibraries(), coresAskNobodyForTimeOrChance());
  }

  private ArchRule coresKeepToPureLibraries() {
    return noClasses()
        .that()
        .resideInAnyPackage(below(PURE))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "io.vertx..",
                    "io.netty..",
                    "org.eclipse.paho..",
                    "com.hivemq..",
                    "org.slf4j..",
                    "ch.qos.logback..",
                    "java.util.logging..",
                    "java.util.concurrent..",
                    "java.io..",
                    "java.net..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.sql..",
                    "javax.net..",
                    root + ".protocols.transport..",
                    root + ".protocols.time..")
                .or(
                    belongToAnyOf(
                        Thread.class,
                        ThreadLocal.class,
                        Runtime.class,
                        ProcessBuilder.class,
                        System.Logger.class,
                        java.time.Clock.class,
                        java.util.Timer.class,
                        java.util.Random.class,
                        java.util.SplittableRandom.class,
                        java.security.SecureRandom.class,
                        java.util.random.RandomGeneratorFactory.class)))
        .as("protocol cores use no network, files, threads, clocks, loggers or generators");
  }

  private ArchRule coresAskNobodyForTimeOrChance() {
    return noClasses()
        .that()
        .resideInAnyPackage(below(PURE))
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "asks for the time, for chance or for the environment", Architecture::isImpure))
        .orShould()
        .accessTargetWhere(
            DescribedPredicate.describe(
                "uses a standard stream",
                access ->
                    access.getTargetOwner().isEquivalentTo(System.class)
                        && Set.of("in", "out", "err").contains(access.getTarget().getName())));
  }

  private static boolean isImpure(JavaCall<?> call) {
    JavaClass owner = call.getTargetOwner();
    String method = call.getName();
    boolean ofSystem =
        owner.isEquivalentTo(System.class)
            && !Set.of("arraycopy", "identityHashCode", "lineSeparator").contains(method);
    boolean ofTime = owner.getPackageName().equals("java.time") && method.equals("now");
    boolean ofChance =
        (owner.isEquivalentTo(Math.class) && method.equals("random"))
            || (owner.isEquivalentTo(UUID.class) && method.equals("randomUUID"))
            || (owner.isEquivalentTo(RandomGenerator.class)
                && Set.of("of", "getDefault").contains(method))
            || (owner.isEquivalentTo(Collections.class)
                && method.equals("shuffle")
                && call.getTarget().getRawParameterTypes().size() == 1);
    return ofSystem || ofTime || ofChance;
  }

  /** Rule 2: who may see whom. */
  List<ArchRule> directions() {
    String coordinator = root + ".coordinator..";
    String agent = root + ".edgeagent..";
    String[] above = {root + ".simulator..", root + ".benchmarks.."};
    return List.of(
        noClasses()
            .that()
            .resideInAPackage(coordinator)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(agent),
        noClasses()
            .that()
            .resideInAPackage(agent)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(coordinator),
        noClasses()
            .that()
            .resideOutsideOfPackages(above)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(above),
        slices().matching(root + ".(**)").should().beFreeOfCycles());
  }

  /** Rule 3: each library has one home. */
  List<ArchRule> homes() {
    return HOMES.stream()
        .<ArchRule>map(
            home ->
                noClasses()
                    .that()
                    .resideOutsideOfPackages(below(home.packages()))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(home.library().toArray(String[]::new)))
        .toList();
  }

  /** Rule 4: adapters do not know each other, and configuration is read in one place. */
  List<ArchRule> adapters() {
    List<String> adapters = List.of("http", "mqtt", "store");
    List<ArchRule> rules = new ArrayList<>();
    for (String adapter : adapters) {
      String[] others =
          adapters.stream()
              .filter(other -> !other.equals(adapter))
              .map(other -> root + ".coordinator." + other + "..")
              .toArray(String[]::new);
      rules.add(
          noClasses()
              .that()
              .resideInAPackage(root + ".coordinator." + adapter + "..")
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(others));
    }
    rules.add(configurationIsReadByConfigAndAppOnly());
    return rules;
  }

  private ArchRule configurationIsReadByConfigAndAppOnly() {
    DescribedPredicate<JavaClass> mayRead =
        resideInAnyPackage(
            root + "..config..",
            root + "..app..",
            root + ".protocols.settings..",
            root + ".protocols.launch..");
    return noClasses()
        .that(not(mayRead))
        .should()
        .dependOnClassesThat(belongToAnyOf(SettingsLoader.class, Sources.class))
        .orShould()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "getenv", String.class);
  }

  /** Rule 5: names say something. */
  List<ArchRule> names() {
    return List.of(
        noClasses().should().resideInAnyPackage(MEANINGLESS_PACKAGES),
        noClasses()
            .should()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper"));
  }

  /** Every package states that nothing in it is null unless it says so. */
  List<ArchRule> nullness() {
    return List.of(
        classes()
            .that()
            // Written by protoc and by JMH.
            .resideOutsideOfPackages(root + ".protocols.message.wire..", "..jmh_generated..")
            .should(
                ArchCondition.from(
                    DescribedPredicate.describe(
                        "live in a @NullMarked package",
                        javaClass -> javaClass.getPackage().isAnnotatedWith(NullMarked.class)))));
  }

  private String[] below(List<String> packages) {
    return packages.stream().map(name -> root + "." + name).toArray(String[]::new);
  }
}
