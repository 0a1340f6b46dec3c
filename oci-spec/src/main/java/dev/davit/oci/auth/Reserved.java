package dev.davit.oci.auth;

/** Keeps the package in being until its first type arrives. */
final class Reserved {
    private Reserved() {}
}
