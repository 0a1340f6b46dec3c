package dev.davit.image;

/** Keeps the package in being until its first type arrives. */
final class Reserved {
    private Reserved() {}
}
