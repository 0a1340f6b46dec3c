/** What the client is built on: endpoints, and unix sockets in the shape that gRPC wants. */
package dev.davit.cri.internal;
