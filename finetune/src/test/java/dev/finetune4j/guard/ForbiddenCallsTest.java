package dev.finetune4j.guard;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.source.tree.MemberSelectTree;
import com.sun.source.util.TreeScanner;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import dev.finetune4j.guard.Sources.Source;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Calls that no module makes, and those that one package makes for all. */
class ForbiddenCallsTest {
    private static final String RUNTIME = "dev.finetune4j.core.runtime";
    private static final List<String> DOORS = List.of("cli", "examples");
    /** Members that fall back to the platform's charset unless one is given. */
    private static final Set<String> DEFAULT_CHARSET = Set.of(
            "java.lang.String.<init>([B)",
            "java.lang.String.<init>([B, int, int)",
            "java.lang.String.getBytes()",
            "java.io.FileReader.<init>(java.io.File)",
            "java.io.FileReader.<init>(java.lang.String)",
            "java.io.FileWriter.<init>(java.io.File)",
            "java.io.FileWriter.<init>(java.lang.String)",
            "java.io.InputStreamReader.<init>(java.io.InputStream)",
            "java.io.OutputStreamWriter.<init>(java.io.OutputStream)",
            "java.io.PrintStream.<init>(java.io.OutputStream)",
            "java.io.PrintWriter.<init>(java.io.OutputStream)",
            "java.io.ByteArrayOutputStream.toString()",
            "java.util.Scanner.<init>(java.io.InputStream)",
            "java.util.Scanner.<init>(java.nio.file.Path)",
            "java.nio.charset.Charset.defaultCharset()",
            "org.bytedeco.javacpp.BytePointer.<init>(java.lang.String)",
            "org.bytedeco.javacpp.BytePointer.getString()");

    private static void check(ArchRule rule) {
        rule.check(CompiledClasses.all());
    }

    private static boolean accesses(JavaAccess<?> access, String owner, String... names) {
        return access.getTargetOwner().getName().equals(owner)
                && List.of(names).contains(access.getTarget().getName());
    }

    @Test
    void librariesSpeakThroughSlf4j() {
        check(noClasses()
                .should()
                .accessTargetWhere(describe(
                        "System.out or System.err is used",
                        access -> accesses(access, "java.lang.System", "out", "err")))
                .because("a library logs through SLF4J; only cli and examples print"));
    }

    @Test
    void nobodyAsksForACollectionOrSleeps() {
        check(noClasses()
                .should()
                .accessTargetWhere(describe(
                        "the collector is called",
                        access -> accesses(access, "java.lang.System", "gc", "runFinalization")
                                || accesses(access, "java.lang.Runtime", "gc")))
                .because("lifetimes are explicit; a collection frees nothing that a scope does not"));
        check(noClasses()
                .should()
                .accessTargetWhere(describe(
                        "a thread sleeps",
                        access -> accesses(access, "java.lang.Thread", "sleep")
                                || accesses(access, "java.util.concurrent.TimeUnit", "sleep")))
                .because("who waits for something waits on it"));
    }

    @Test
    void doorsNeitherCollectNorSleepEither() {
        Set<String> broken = new TreeSet<>();
        for (String module : DOORS) {
            for (Source source : Sources.parse(Repository.mainSources(module))) {
                source.unit().accept(new Selections("gc", "sleep", "defaultCharset").into(broken, source), null);
            }
        }
        assertEquals(Set.of(), broken);
    }

    /** Collects uses of members by name. */
    private static final class Selections {
        private final Set<String> names;

        Selections(String... names) {
            this.names = Set.of(names);
        }

        TreeScanner<@Nullable Void, @Nullable Void> into(Set<String> found, Source source) {
            return new TreeScanner<>() {
                @Override
                public @Nullable Void visitMemberSelect(MemberSelectTree tree, @Nullable Void nothing) {
                    if (names.contains(tree.getIdentifier().toString())) {
                        found.add(Repository.name(source.file()) + " uses " + tree);
                    }
                    return super.visitMemberSelect(tree, nothing);
                }
            };
        }
    }

    @Test
    void charsetsAreNamed() {
        check(noClasses()
                .should()
                .accessTargetWhere(describe(
                        "the platform's charset is used",
                        access -> DEFAULT_CHARSET.contains(access.getTarget().getFullName())))
                .because("files are UTF-8 on every machine"));
    }

    @Test
    void nativeLifetimesAreTheRuntimesAffair() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(RUNTIME)
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.bytedeco.javacpp.PointerScope")
                .because("a Scope owns native objects; PointerScope stays in " + RUNTIME));
        check(noClasses()
                .that()
                .resideOutsideOfPackage(RUNTIME)
                .should()
                .accessTargetWhere(describe(
                        "a native reference is counted by hand",
                        access -> List.of("retainReference", "releaseReference", "deallocate", "referenceCount")
                                        .contains(access.getTarget().getName())
                                && access.getTargetOwner().getName().startsWith("org.bytedeco.")))
                .because("keep and claim are the two ways out of a scope"));
    }

    @Test
    void operatorsAreCalledByNameInOnePlace() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(RUNTIME)
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.bytedeco.pytorch.Dispatcher")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.bytedeco.pytorch.OperatorHandle")
                .because("Torch is the only caller of operators that the binding does not map"));
    }

    @Test
    void tensorsAreNeverStatic() {
        check(noFields()
                .that()
                .areStatic()
                .should()
                .haveRawType(describe(
                        "a native object", (JavaClass type) -> type.getName().startsWith("org.bytedeco.pytorch.")))
                .because("every tensor has one owner that closes it"));
    }

    @Test
    void layersAreWrittenByHand() {
        check(noClasses()
                .that(resideInAPackage("dev.finetune4j.core.model.layers..")
                        .or(resideInAPackage("dev.finetune4j.core.model.family..")))
                .should()
                .dependOnClassesThat()
                .haveSimpleName("GraphLayer")
                .because("no autograd graph exists in the common path; each layer is a pair"));
    }

    @Test
    void nobodyWaitsForTheCollectorToClean() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.ref.Cleaner")
                .because("there are no cleaners and no finalizers; owners close what they own"));
        check(com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods()
                .should()
                .haveName("finalize")
                .because("there are no cleaners and no finalizers; owners close what they own"));
    }
}
