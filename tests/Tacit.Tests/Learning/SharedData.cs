using System.IO;
using System.IO.Compression;
using Xunit.Abstractions;

namespace Tacit.Tests.Learning;

/// <summary>Public data sets kept beside the repository, where they are: <c>&lt;ancestor&gt;/shared/data</c>.</summary>
internal static class SharedData
{
    /// <summary>A lookup into one folder, or null after saying that nothing is checked.</summary>
    public static Func<string, ReadOnlyMemory<byte>?>? Find(string folder, ITestOutputHelper output)
    {
        for (DirectoryInfo? ancestor = new(AppContext.BaseDirectory); ancestor is not null; ancestor = ancestor.Parent)
        {
            string directory = Path.Combine(ancestor.FullName, "shared", "data", folder);
            if (Directory.Exists(directory)) return path => Read(Path.Combine(directory, path));
        }
        output.WriteLine("shared data absent: nothing was checked");
        return null;
    }

    private static ReadOnlyMemory<byte>? Read(string path)
    {
        if (File.Exists(path)) return File.ReadAllBytes(path);
        if (!File.Exists(path + ".gz")) return null;
        using GZipStream decompressed = new(File.OpenRead(path + ".gz"), CompressionMode.Decompress);
        using MemoryStream content = new();
        decompressed.CopyTo(content);
        return content.ToArray();
    }
}
