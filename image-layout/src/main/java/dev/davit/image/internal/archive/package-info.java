/** Layouts and Docker images inside tar files. */
package dev.davit.image.internal.archive;
