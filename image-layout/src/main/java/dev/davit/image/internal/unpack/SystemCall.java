package dev.davit.image.internal.unpack;

import dev.davit.oci.Platform;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one door to the kernel: {@code syscall(2)} of the C library, through {@code java.lang.foreign}. That package is
 * final since JDK 22 and Davit is built for 17, so it is bound by reflection, once; the method handle is a constant that
 * the compiler sees through. Where the JDK is older, native access is denied or the system is not one whose numbers
 * {@link LinuxCalls} knows, there is none.
 *
 * <p>Memory that the kernel reads or writes is a direct buffer, which the garbage collector frees. The error number of a
 * call is captured into the same buffer, so that each unpacking has its own. For one thread.
 */
final class SystemCall {
    /** The first eight bytes of the memory are for the error number. */
    static final int RESERVED = 8;

    private static final int FOREIGN_SINCE = 22;

    /** Takes the segment for the error number, the number of the call, and five arguments. */
    private static final @Nullable MethodHandle SYSCALL;

    private static final @Nullable MethodHandle SEGMENT_OF;
    private static final @Nullable MethodHandle ADDRESS_OF;

    static {
        MethodHandle syscall = null;
        MethodHandle segmentOf = null;
        MethodHandle addressOf = null;
        try {
            if (Runtime.version().feature() >= FOREIGN_SINCE && isLinux()) {
                Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
                MethodHandles.Lookup lookup = MethodHandles.publicLookup();
                segmentOf = lookup.unreflect(segment.getMethod("ofBuffer", java.nio.Buffer.class))
                        .asType(MethodType.methodType(Object.class, ByteBuffer.class));
                addressOf = lookup.unreflect(segment.getMethod("address"))
                        .asType(MethodType.methodType(long.class, Object.class));
                syscall = bind(segment);
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            System.getLogger(SystemCall.class.getName())
                    .log(System.Logger.Level.DEBUG, () -> "no system calls from Java, java.nio.file serves: " + e(e));
        }
        SYSCALL = syscall;
        SEGMENT_OF = segmentOf;
        ADDRESS_OF = addressOf;
    }

    private final ByteBuffer memory;
    private final Object errno;
    private final long address;

    /**
     * Allocates memory for arguments.
     *
     * @param bytes how much, with {@link #RESERVED}
     */
    SystemCall(int bytes) {
        memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        errno = segment(memory.slice(0, RESERVED));
        address = address(segment(memory));
    }

    /** {@return whether there are system calls on this JVM} */
    static boolean isAvailable() {
        return SYSCALL != null;
    }

    private static boolean isLinux() {
        return System.getProperty("os.name", "").equals("Linux")
                && LinuxCalls.knows(Platform.host().architecture());
    }

    private static Object e(Throwable e) {
        return e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
    }

    private static MethodHandle bind(Class<?> segment) throws ReflectiveOperationException {
        Class<?> linkerType = Class.forName("java.lang.foreign.Linker");
        Class<?> layoutType = Class.forName("java.lang.foreign.MemoryLayout");
        Class<?> descriptorType = Class.forName("java.lang.foreign.FunctionDescriptor");
        Class<?> optionType = Class.forName("java.lang.foreign.Linker$Option");
        Object linker = linkerType.getMethod("nativeLinker").invoke(null);
        Object lookup = linkerType.getMethod("defaultLookup").invoke(linker);
        Optional<?> symbol = (Optional<?>) Class.forName("java.lang.foreign.SymbolLookup")
                .getMethod("find", String.class)
                .invoke(lookup, "syscall");
        Object layout = Class.forName("java.lang.foreign.ValueLayout")
                .getField("JAVA_LONG")
                .get(null);
        int arguments = 6;
        Object[] layouts = Collections.nCopies(arguments, layout).toArray((Object[]) Array.newInstance(layoutType, 0));
        Object descriptor = descriptorType
                .getMethod("of", layoutType, layoutType.arrayType())
                .invoke(null, layout, layouts);
        Object options = Array.newInstance(optionType, 2);
        Array.set(
                options, 0, optionType.getMethod("firstVariadicArg", int.class).invoke(null, 1));
        Array.set(
                options,
                1,
                optionType.getMethod("captureCallState", String[].class).invoke(null, (Object) new String[] {"errno"}));
        MethodHandle handle = (MethodHandle) linkerType
                .getMethod("downcallHandle", segment, descriptorType, optionType.arrayType())
                .invoke(linker, symbol.orElseThrow(), descriptor, options);
        return handle.asType(handle.type().changeParameterType(0, Object.class));
    }

    private static Object segment(ByteBuffer buffer) {
        try {
            return (Object) available(SEGMENT_OF).invokeExact(buffer);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static long address(Object segment) {
        try {
            return (long) available(ADDRESS_OF).invokeExact(segment);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static MethodHandle available(@Nullable MethodHandle handle) {
        if (handle == null) {
            throw new IllegalStateException("this JVM makes no system calls");
        }
        return handle;
    }

    private static IllegalStateException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("a call through java.lang.foreign failed", e);
    }

    /** {@return the memory, in the byte order of the machine} */
    ByteBuffer memory() {
        return memory;
    }

    /** {@return where in the address space a byte of the memory is} */
    long address(int offset) {
        return address + offset;
    }

    /**
     * Calls the kernel, again if a signal came in between.
     *
     * @return what it says; below 0 the negative error number
     */
    long call(int number, long a, long b, long c, long d, long e) {
        while (true) {
            long result = callOnce(number, a, b, c, d, e);
            if (result != -Errno.EINTR) {
                return result;
            }
        }
    }

    /** As {@link #call}, but only once. */
    long callOnce(int number, long a, long b, long c, long d, long e) {
        try {
            long result = (long) available(SYSCALL).invokeExact(errno, (long) number, a, b, c, d, e);
            return result == -1 ? -memory.getInt(0) : result;
        } catch (Throwable t) {
            throw unexpected(t);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }
}
