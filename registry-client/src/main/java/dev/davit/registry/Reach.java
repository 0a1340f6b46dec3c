package dev.davit.registry;

import java.net.InetAddress;
import java.net.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * Travels with each request to where its connection is known, before anything is sent: the address that counts is the
 * one that is connected, not what a name resolved to earlier. Requests to the registry itself note what class of
 * address that is; requests to where it sends us are held to it. Safe to share between threads.
 */
final class Reach {
    private final Reach registry;
    private final boolean checked;
    private volatile @Nullable AddressClass connected;

    private Reach() {
        this.registry = this;
        this.checked = false;
    }

    private Reach(Reach registry, boolean checked) {
        this.registry = registry;
        this.checked = checked;
    }

    /** {@return the reach of a registry, still unknown} */
    static Reach ofRegistry() {
        return new Reach();
    }

    /** {@return the reach of one request to the registry itself} */
    Reach home() {
        return new Reach(registry, false);
    }

    /** {@return the reach of one request to somewhere that the registry has sent us to} */
    Reach elsewhere() {
        return new Reach(registry, true);
    }

    /** {@return whether a connection was made, with its TLS handshake if there is one} */
    boolean isConnected() {
        return connected != null;
    }

    /** Notes a connection over a proxy: it is the proxy that decides what can be reached. */
    void viaProxy() {
        connected = AddressClass.PUBLIC;
    }

    /** Notes or checks an address that was connected. */
    void to(InetAddress address) throws Refused {
        AddressClass reached = AddressClass.of(address);
        if (checked) {
            AddressClass from = registry.connected;
            if (!(from == null ? AddressClass.PUBLIC : from).mayLeadTo(reached)) {
                throw new Refused(reached);
            }
        } else {
            registry.connected = reached;
        }
        connected = reached;
    }

    /** The registry has sent us to an address that is none of its business. No kind of failure that OkHttp retries. */
    static final class Refused extends ProtocolException {
        private static final long serialVersionUID = 1L;

        Refused(AddressClass reached) {
            super("it leads to a "
                    + reached.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-')
                    + " address, which a registry may not send its clients to unless it is there itself");
        }
    }
}
