using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using Tacit.Aggregation.Failures;

namespace Tacit.Simulation.Files;

/// <summary>Reads whole files into memory within a limit, with or without gzip, and says by name what is wrong with a path.</summary>
public static class DataFiles
{
    /// <summary>The most bytes that one data file may have once it is decompressed: 512 MiB.</summary>
    public const int LimitBytes = 1 << 29;

    /// <summary>Reads a file as it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limitBytes">Checked before anything is read.</param>
    /// <param name="missing">The code if there is no such file.</param>
    /// <param name="tooLarge">The code if it is above the limit.</param>
    /// <exception cref="FailureException">One of the two, NOT_A_FILE or FILE_ACCESS.</exception>
    public static byte[] ReadPlain(string path, long limitBytes, FailureCode missing, FailureCode tooLarge)
    {
        if (Directory.Exists(path)) throw new FailureException(FailureCodes.NotAFile, $"{path} is a folder; a file is needed");
        try
        {
            FileInfo file = new(path);
            if (!file.Exists) throw new FailureException(missing, $"{path} does not exist; check the path");
            if (file.Length > limitBytes) throw new FailureException(tooLarge, $"{path} has {file.Length} bytes; the limit is {limitBytes}");
            return File.ReadAllBytes(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new FailureException(FailureCodes.FileAccess, $"{path} cannot be read: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }
    }

    /// <summary>Refuses a path where no examples can be, before anybody relies on them.</summary>
    /// <param name="path">A file or a folder.</param>
    /// <exception cref="FailureException">FILE_NOT_FOUND or EMPTY_DATA.</exception>
    public static void ThrowUnlessThere(string path)
    {
        bool folder = Directory.Exists(path);
        if (!folder && !File.Exists(path)) throw new FailureException(FailureCodes.FileNotFound, $"{path} does not exist; check the path");
        if (folder ? !Directory.EnumerateFileSystemEntries(path).Any() : new FileInfo(path).Length == 0) throw new FailureException(FailureCodes.EmptyData, $"{path} is empty; give the file or folder with the examples");
    }

    /// <summary>Reads a data file; one that ends in <c>.gz</c> is decompressed, counting what comes out.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FailureException">FILE_NOT_FOUND, NOT_A_FILE, TOO_LARGE, MALFORMED_FILE or FILE_ACCESS.</exception>
    public static byte[] Read(string path)
    {
        byte[] bytes = ReadPlain(path, LimitBytes, FailureCodes.FileNotFound, FailureCodes.TooLarge);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? Gunzip(path, bytes, LimitBytes) : bytes;
    }

    /// <summary>Decompresses gzip within a limit.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="compressed">A gzip file.</param>
    /// <param name="limitBytes">The most that may come out.</param>
    /// <exception cref="FailureException">TOO_LARGE or MALFORMED_FILE.</exception>
    public static byte[] Gunzip(string name, byte[] compressed, long limitBytes)
    {
        if (compressed is not [0x1F, 0x8B, ..]) throw new FailureException(FailureCodes.MalformedFile, $"{name} does not begin as a gzip file does: if it is not compressed, rename it without .gz");
        using GZipStream stream = new(new MemoryStream(compressed), CompressionMode.Decompress);
        byte[] content = Drain(name, stream, limitBytes);

        // The decompressor takes a cut-off file for a short one; the last four bytes of a gzip member say how long its content is (RFC 1952).
        bool whole = compressed.Length >= 18 && BinaryPrimitives.ReadUInt32LittleEndian(compressed.AsSpan(compressed.Length - 4)) == unchecked((uint)content.Length);
        return whole ? content : throw new FailureException(FailureCodes.MalformedFile, $"{name} is cut off or is not one gzip file: get it again, or compress it again with gzip");
    }

    internal static byte[] Drain(string name, Stream stream, long limitBytes)
    {
        using MemoryStream content = new();
        byte[] buffer = new byte[1 << 16];
        try
        {
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                if (content.Length + read > limitBytes) throw new FailureException(FailureCodes.TooLarge, $"{name} decompresses to more than the limit of {limitBytes} bytes");
                content.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException problem)
        {
            throw new FailureException(FailureCodes.MalformedFile, $"{name} is not what its name says: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }

        return content.ToArray();
    }
}
