/** The connections behind exec, attach and port forwarding: the upgrade of HTTP, SPDY/3.1 and WebSocket. */
package dev.davit.cri.internal.stream;
