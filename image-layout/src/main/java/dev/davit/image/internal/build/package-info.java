/** Turning a layer specification into a layer. */
package dev.davit.image.internal.build;
