/** Applying layers to a directory without ever leaving it. */
package dev.davit.image.internal.unpack;
