package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.davit.cri.raw.CriProto;
import dev.davit.cri.raw.ImageServiceGrpc;
import dev.davit.cri.raw.RuntimeServiceGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The generated code against the interface as it is published, which {@code cri-v1.txt} lists. */
class InterfaceTest {
    private static final FileDescriptor FILE = CriProto.getDescriptor();

    @Test
    void is_the_published_interface_without_a_difference() throws IOException {
        Set<String> ours = new TreeSet<>();
        FILE.getServices().forEach(service -> describe(service, ours));
        FILE.getMessageTypes().forEach(message -> describe(message, ours));
        FILE.getEnumTypes().forEach(type -> describe(type, ours));
        assertThat(String.join("\n", ours)).isEqualTo(String.join("\n", new TreeSet<>(published())));
    }

    @Test
    void has_all_calls_of_both_services() {
        assertThat(RuntimeServiceGrpc.getServiceDescriptor().getMethods()).hasSize(37);
        assertThat(ImageServiceGrpc.getServiceDescriptor().getMethods()).hasSize(6);
        assertThat(FILE.getPackage()).isEqualTo("runtime.v1");
    }

    private static List<String> published() throws IOException {
        try (InputStream in = Objects.requireNonNull(InterfaceTest.class.getResourceAsStream("cri-v1.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    private static void describe(ServiceDescriptor service, Set<String> lines) {
        for (MethodDescriptor rpc : service.getMethods()) {
            lines.add("rpc " + service.getName() + "." + rpc.getName() + " "
                    + (rpc.isClientStreaming() ? "stream " : "")
                    + rpc.getInputType().getName() + " -> "
                    + (rpc.isServerStreaming() ? "stream " : "")
                    + rpc.getOutputType().getName());
        }
    }

    private static void describe(Descriptor message, Set<String> lines) {
        if (message.getFields().isEmpty()) {
            lines.add("message " + message.getName() + " without fields");
        }
        for (FieldDescriptor field : message.getFields()) {
            lines.add("field " + message.getName() + " " + field.getNumber() + " " + field.getName() + " "
                    + (field.isMapField() ? "map" : field.isRepeated() ? "repeated" : "singular") + " " + type(field)
                    + (field.getOptions().getDeprecated() ? " deprecated" : "")
                    + (field.getOptions().getDebugRedact() ? " redacted" : ""));
        }
        message.getEnumTypes().forEach(type -> describe(type, lines));
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            return "map<" + type(field.getMessageType().findFieldByNumber(1)) + ","
                    + type(field.getMessageType().findFieldByNumber(2)) + ">";
        }
        return switch (field.getJavaType()) {
            case MESSAGE -> name(field.getMessageType().getFullName());
            case ENUM -> name(field.getEnumType().getFullName());
            default -> field.getType().toString().toLowerCase(java.util.Locale.ROOT);
        };
    }

    private static void describe(EnumDescriptor type, Set<String> lines) {
        for (EnumValueDescriptor value : type.getValues()) {
            lines.add("enum " + name(type.getFullName()) + " " + value.getNumber() + " " + value.getName());
        }
    }

    private static String name(String fullName) {
        return fullName.substring("runtime.v1.".length());
    }
}
