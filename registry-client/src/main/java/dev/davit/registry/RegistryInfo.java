package dev.davit.registry;

import java.util.Optional;

/**
 * What a registry tells of itself.
 *
 * @param name {@code host[:port]} as in references
 * @param tls whether it is spoken to over TLS
 * @param asksForCredentials whether it asked for credentials; of those that were not asked for, nothing is known
 * @param apiVersion what it says that it is, in old registries {@code registry/2.0}; text from outside
 */
public record RegistryInfo(String name, boolean tls, boolean asksForCredentials, Optional<String> apiVersion) {}
