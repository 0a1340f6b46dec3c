/**
 * A small HTTP/1.1 server over plain sockets: it turns bytes into {@link dev.davit.testkit.http.Request}s, hands them to
 * a {@link dev.davit.testkit.http.Handler} and sends the {@link dev.davit.testkit.http.Response}s back.
 *
 * <p>It exists because a test registry must be able to misbehave on purpose, down to the byte, and to see exactly what a
 * client sent; both are hidden by an HTTP library. Handlers compose as functions, so authentication, a log of requests
 * or scripted faults are layers around the handler that does the work.
 */
@NullMarked
package dev.davit.testkit.http;

import org.jspecify.annotations.NullMarked;
