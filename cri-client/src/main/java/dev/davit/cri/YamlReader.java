package dev.davit.cri;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Parses YAML, with SnakeYAML: the only class that needs it. Nothing but maps, lists and plain values comes of it. */
final class YamlReader {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 50;
    private static final int MAX_ALIASES = 50;

    private YamlReader() {}

    /**
     * Reads a document.
     *
     * @param what its name, for messages
     * @return the document as maps, lists and values
     * @throws MalformedContentException if it is no YAML, has two equal keys, or is larger or deeper than anything useful
     */
    static @Nullable Object read(String what, byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedContentException(
                    what + ": expected YAML of at most " + MAX_BYTES + " bytes, got " + bytes.length);
        }
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setAllowRecursiveKeys(false);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setCodePointLimit(MAX_BYTES);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return new Yaml(new SafeConstructor(options)).load(text);
        } catch (CharacterCodingException e) {
            throw new MalformedContentException(what + ": expected UTF-8, got something else");
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            throw new MalformedContentException(
                    what + ": line " + line + ": " + Text.plain(String.valueOf(e.getProblem())));
        } catch (YAMLException e) {
            throw new MalformedContentException(what + ": " + Text.plain(String.valueOf(e.getMessage())));
        }
    }
}
