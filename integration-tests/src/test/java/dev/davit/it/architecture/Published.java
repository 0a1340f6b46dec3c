package dev.davit.it.architecture;

import static java.util.stream.Collectors.toUnmodifiableSet;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The published modules as the class path of these tests has them: their descriptors and their classes. */
final class Published {
    /** Generated code: if exported, for those who need what is below the API; unstable, no part of the API; not looked at. */
    private static final Set<String> GENERATED_PACKAGES =
            Set.of("dev.davit.cri.raw", "dev.davit.cri.internal.containerd");

    static final List<ModuleDescriptor> MODULES = modules();
    static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> GENERATED_PACKAGES.stream()
                    .noneMatch(generated -> location.contains("/" + generated.replace('.', '/') + "/")))
            .importPackages(MODULES.stream().map(ModuleDescriptor::name).toArray(String[]::new));
    static final Set<String> EXPORTED_PACKAGES = MODULES.stream()
            .flatMap(module -> module.exports().stream())
            .filter(exported -> !exported.isQualified())
            .map(Exports::source)
            .filter(exported -> !GENERATED_PACKAGES.contains(exported))
            .collect(toUnmodifiableSet());

    private Published() {}

    /** {@return the classes that a user can name} */
    static Stream<JavaClass> api() {
        return CLASSES.stream().filter(Published::isApi);
    }

    /** {@return the classes of a module, by its JPMS name, which is also the root of its packages} */
    static Stream<JavaClass> classesOf(String module) {
        return CLASSES.stream().filter(type -> (type.getPackageName() + ".").startsWith(module + "."));
    }

    /** {@return the class that stands in a source file for this one: itself, or the outermost around it} */
    static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(Published::outermost).orElse(type);
    }

    private static boolean isApi(JavaClass type) {
        boolean visible = type.getModifiers().contains(JavaModifier.PUBLIC)
                || type.getModifiers().contains(JavaModifier.PROTECTED);
        return visible
                && EXPORTED_PACKAGES.contains(type.getPackageName())
                && type.getEnclosingClass().map(Published::isApi).orElse(true);
    }

    private static List<ModuleDescriptor> modules() {
        List<ModuleDescriptor> modules = new ArrayList<>();
        try {
            for (URL url : Collections.list(Published.class.getClassLoader().getResources("module-info.class"))) {
                try (InputStream in = url.openStream()) {
                    ModuleDescriptor module = ModuleDescriptor.read(in);
                    if (module.name().startsWith("dev.davit.")) {
                        modules.add(module);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(modules);
    }
}
