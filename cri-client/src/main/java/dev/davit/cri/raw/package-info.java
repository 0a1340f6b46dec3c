/**
 * The messages and stubs of the container runtime interface, as protobuf and gRPC generate them from {@code
 * runtime/v1/api.proto}: for what {@code dev.davit.cri} does not cover, over a channel of one's own.
 *
 * <p>Unstable: these classes change with the interface and with the generators, also in minor releases.
 */
package dev.davit.cri.raw;
