package dev.davit.image.internal.unpack;

/** A set of random numbers, at 16 bytes each. For one thread. */
final class LongSet {
    private long[] slots = new long[1024];
    private int size;
    private boolean hasZero;

    /** {@return whether the value was not there before} */
    boolean add(long value) {
        if (value == 0) {
            boolean isNew = !hasZero;
            hasZero = true;
            return isNew;
        }
        if (!insert(slots, value)) {
            return false;
        }
        size++;
        if (size > slots.length / 2) {
            grow();
        }
        return true;
    }

    boolean contains(long value) {
        if (value == 0) {
            return hasZero;
        }
        int at = (int) value & (slots.length - 1);
        while (slots[at] != 0) {
            if (slots[at] == value) {
                return true;
            }
            at = (at + 1) & (slots.length - 1);
        }
        return false;
    }

    private void grow() {
        long[] larger = new long[slots.length * 2];
        for (long value : slots) {
            if (value != 0) {
                insert(larger, value);
            }
        }
        slots = larger;
    }

    private static boolean insert(long[] slots, long value) {
        int at = (int) value & (slots.length - 1);
        while (slots[at] != 0) {
            if (slots[at] == value) {
                return false;
            }
            at = (at + 1) & (slots.length - 1);
        }
        slots[at] = value;
        return true;
    }
}
