package dev.finetune4j.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.util.TreeScanner;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import dev.finetune4j.guard.ModuleTable.Rule;
import dev.finetune4j.guard.Sources.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may import whom, and how modules and packages are laid out. A failure is the sentence that is broken. */
class ArchitectureTest {
    private static final ModuleTable TABLE = ModuleTable.read();

    @Test
    void everyModuleHasALineInTheTable() {
        for (String module : Repository.modulesWithCode()) {
            assertTrue(TABLE.knows(module), "guard/modules.txt has no line for " + module);
        }
    }

    @Test
    void compiledClassesUseWhatTheirModuleMayImport() {
        Set<String> broken = new TreeSet<>();
        for (String module : CompiledClasses.MODULES) {
            Rule rule = TABLE.of(module);
            for (JavaClass type : CompiledClasses.of(module)) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    String used =
                            dependency.getTargetClass().getBaseComponentType().getName();
                    if (used.contains(".") && !rule.allows(used)) {
                        broken.add(rule.sentence() + "; " + type.getName() + " uses " + used);
                    }
                }
            }
        }
        assertEquals(Set.of(), broken, String.join("\n", broken));
    }

    @Test
    void sourcesImportWhatTheirModuleMayImport() {
        Set<String> broken = new TreeSet<>();
        for (String module : Repository.modulesWithCode()) {
            Rule rule = TABLE.of(module);
            for (Source source : Sources.parse(Repository.mainSources(module))) {
                for (ImportTree imported : source.unit().getImports()) {
                    String used = imported.getQualifiedIdentifier().toString();
                    if (!rule.allows(used)) {
                        broken.add(rule.sentence() + "; " + Repository.name(source.file()) + " imports " + used);
                    }
                }
            }
        }
        assertEquals(Set.of(), broken, String.join("\n", broken));
    }

    @Test
    void packagesBelongToOneModule() {
        Map<String, Set<String>> modulesOfPackage = new TreeMap<>();
        for (String module : Repository.modulesWithCode()) {
            for (Source source : Sources.parse(Repository.mainSources(module))) {
                modulesOfPackage
                        .computeIfAbsent(source.packageName(), name -> new TreeSet<>())
                        .add(module);
            }
        }
        modulesOfPackage.forEach((name, modules) -> {
            assertEquals(1, modules.size(), "no split packages; " + name + " lies in " + modules);
            String prefix = ModuleTable.ROOT_PACKAGE
                    + ModuleTable.packageOf(modules.iterator().next());
            assertTrue(
                    name.equals(prefix) || name.startsWith(prefix + "."),
                    "packages of a module begin with its name; " + name + " does not begin with " + prefix);
        });
    }

    @Test
    void everyPackageSaysItsIdeaAndIsNullMarked() {
        List<String> broken = new ArrayList<>();
        Set<Path> folders = new TreeSet<>();
        for (String module : Repository.modulesWithCode()) {
            Repository.mainSources(module).forEach(file -> folders.add(file.getParent()));
        }
        for (Path folder : folders) {
            Path info = folder.resolve("package-info.java");
            String text = Files.exists(info) ? Repository.read(info) : "";
            int end = text.indexOf("*/");
            long lines = end < 0 ? 0 : text.substring(0, end).lines().count();
            if (!text.contains("\n@NullMarked\n") || !text.startsWith("/**") || lines > 14) {
                broken.add(Repository.name(folder)
                        + ": a package-info.java with two to ten lines on the package's idea," + " and @NullMarked");
            }
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void internalPackagesAreUsedInsideTheirModule() {
        Set<String> broken = new TreeSet<>();
        for (String module : Repository.modulesWithCode()) {
            for (Source source : Sources.parse(Repository.mainSources(module))) {
                for (ImportTree imported : source.unit().getImports()) {
                    String used = imported.getQualifiedIdentifier().toString();
                    boolean ours = used.startsWith(ModuleTable.ROOT_PACKAGE + ModuleTable.packageOf(module) + ".");
                    if (used.startsWith(ModuleTable.ROOT_PACKAGE) && used.contains(".internal.") && !ours) {
                        broken.add("internal packages are their module's own; " + Repository.name(source.file())
                                + " imports " + used);
                    }
                }
            }
        }
        assertEquals(Set.of(), broken);
    }

    @Test
    void modulesHaveTheNameOfTheirPackages() {
        for (String module : Repository.modulesWithCode()) {
            String pom = Repository.read(Repository.root().resolve(module).resolve("pom.xml"));
            String property =
                    "<module.name>" + ModuleTable.ROOT_PACKAGE + ModuleTable.packageOf(module) + "</module.name>";
            assertTrue(pom.contains(property), module + "/pom.xml sets the automatic module name: " + property);
        }
    }

    @Test
    void facadeMeetsPluginsAtRunTimeOnly() {
        String pom = Repository.read(Repository.root().resolve("finetune/pom.xml"));
        for (String plugin :
                List.of("adapters", "quant", "optimizers", "rlhf", "multimodal", "distributed", "export")) {
            int at = pom.indexOf("<artifactId>finetune4j-" + plugin + "</artifactId>");
            if (at >= 0) {
                String dependency = pom.substring(at, pom.indexOf("</dependency>", at));
                assertTrue(
                        dependency.contains("<scope>runtime</scope>"),
                        "finetune lists plugins with runtime scope; " + plugin + " has another");
            }
        }
    }

    @Test
    void testsDoNotSleep() {
        Set<String> broken = new TreeSet<>();
        for (Source source : Sources.test()) {
            source.unit()
                    .accept(
                            new TreeScanner<@Nullable Void, @Nullable Void>() {
                                @Override
                                public @Nullable Void visitMemberSelect(MemberSelectTree tree, @Nullable Void nothing) {
                                    if (tree.getIdentifier().contentEquals("sleep")) {
                                        broken.add("tests do not sleep; " + Repository.name(source.file()) + " does");
                                    }
                                    return super.visitMemberSelect(tree, nothing);
                                }
                            },
                            null);
        }
        assertEquals(Set.of(), broken);
    }
}
