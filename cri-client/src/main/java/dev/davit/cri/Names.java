package dev.davit.cri;

import dev.davit.oci.internal.Text;
import java.util.regex.Pattern;

/** Rules for the names and IDs of pods and containers. Names end up as names of files and hosts. */
final class Names {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?");
    private static final int MAX_HOSTNAME = 63;
    private static final int MESSAGE_ID = 13;

    private Names() {}

    static String require(String kind, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    kind + " name: expected letters, digits, dots and dashes, got " + Text.quote(name));
        }
        return name;
    }

    /** {@return an ID as it is written in messages: its beginning, which runtimes accept, too} */
    static String brief(String id) {
        return Text.plain(id.length() > MESSAGE_ID ? id.substring(0, MESSAGE_ID) : id);
    }

    /** {@return the host name of a pod: its name, cut where a host name must end} */
    static String hostname(String name) {
        if (name.length() <= MAX_HOSTNAME) {
            return name;
        }
        int end = MAX_HOSTNAME;
        while (!Character.isLetterOrDigit(name.charAt(end - 1))) {
            end--;
        }
        return name.substring(0, end);
    }
}
