/** What the packages of this module share; not for users. */
package dev.davit.image.internal;
