package dev.davit.registry;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * How far away an address is. What a registry sends us to must not be closer than the registry itself: else it could
 * make us knock at doors that it cannot reach.
 */
enum AddressClass {
    /** Reachable from everywhere. */
    PUBLIC,
    /** Inside some organisation: RFC 1918, RFC 4193, RFC 6598. */
    PRIVATE,
    /** This machine. */
    LOOPBACK,
    /** This network segment, where clouds keep the secrets of a machine; and what is no address of a host. */
    LINK_LOCAL;

    static AddressClass of(InetAddress address) {
        if (address.isLinkLocalAddress() || address.isMulticastAddress()) {
            return LINK_LOCAL;
        }
        if (address.isLoopbackAddress() || address.isAnyLocalAddress()) {
            return LOOPBACK;
        }
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return ofIpv4(address);
        }
        if (isNat64(bytes)) {
            return ofIpv4(embedded(bytes));
        }
        if (address instanceof Inet6Address v6 && v6.isIPv4CompatibleAddress()) {
            return LINK_LOCAL; // deprecated, and only good for passing filters
        }
        boolean uniqueLocal = (bytes[0] & 0xfe) == 0xfc;
        return uniqueLocal || address.isSiteLocalAddress() ? PRIVATE : PUBLIC;
    }

    private static AddressClass ofIpv4(InetAddress address) {
        if (address.isLinkLocalAddress() || address.isMulticastAddress()) {
            return LINK_LOCAL;
        }
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xff;
        if (first == 0 || first == 127) {
            return LOOPBACK; // 0.0.0.0/8 connects to this machine
        }
        boolean carrierNat = first == 100 && (bytes[1] & 0xc0) == 64;
        return carrierNat || address.isSiteLocalAddress() ? PRIVATE : PUBLIC;
    }

    /** RFC 6052: {@code 64:ff9b::/96} is the IPv4 internet, as seen from a network that has only IPv6. */
    private static boolean isNat64(byte[] bytes) {
        byte[] prefix = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
        return Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static InetAddress embedded(byte[] bytes) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** {@return whether something at this address may send us to something of the other class} */
    boolean mayLeadTo(AddressClass other) {
        return other != LINK_LOCAL && other.compareTo(this) <= 0;
    }
}
