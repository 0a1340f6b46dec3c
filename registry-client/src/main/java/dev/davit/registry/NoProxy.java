package dev.davit.registry;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Which hosts need no proxy, as {@code NO_PROXY} says it: names with all that is below them, {@code .example} for what is
 * below alone, addresses, {@code 10.0.0.0/8}, each with a port or without, and {@code *} for all.
 *
 * @param rules the parts, in lower case
 */
record NoProxy(List<String> rules) {
    static NoProxy parse(String text) {
        return new NoProxy(Arrays.stream(text.toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .filter(rule -> !rule.isEmpty())
                .toList());
    }

    boolean matches(String host, int port) {
        return rules.stream().anyMatch(rule -> matches(rule, host, port));
    }

    private static boolean matches(String rule, String host, int port) {
        if (rule.equals("*")) {
            return true;
        }
        int slash = rule.indexOf('/');
        if (slash > 0) {
            return isWithin(rule.substring(0, slash), rule.substring(slash + 1), host);
        }
        int colon = rule.lastIndexOf(':');
        boolean hasPort = colon > 0 && (rule.indexOf(':') == colon || rule.charAt(colon - 1) == ']');
        if (hasPort && !rule.substring(colon + 1).equals(Integer.toString(port))) {
            return false;
        }
        String name = (hasPort ? rule.substring(0, colon) : rule)
                .replaceAll("^\\*\\.", ".")
                .replaceAll("[\\[\\]]", "");
        return name.startsWith(".") ? host.endsWith(name) : host.equals(name) || host.endsWith("." + name);
    }

    private static boolean isWithin(String network, String bits, String host) {
        if (!isAddress(host) || !isAddress(network) || !bits.matches("[0-9]{1,3}")) {
            return false;
        }
        try {
            byte[] a = InetAddress.getByName(network).getAddress();
            byte[] b = InetAddress.getByName(host).getAddress();
            int length = Integer.parseInt(bits);
            if (a.length != b.length || length > 8 * a.length) {
                return false;
            }
            for (int i = 0; i < length; i++) {
                if (((a[i / 8] ^ b[i / 8]) & (0x80 >> i % 8)) != 0) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Nothing that would be looked up. */
    private static boolean isAddress(String text) {
        return text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}") || text.matches("[0-9a-f:.]*:[0-9a-f:.]*");
    }
}
