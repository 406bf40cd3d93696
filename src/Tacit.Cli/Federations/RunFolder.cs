using System.IO;
using Tacit.Storage.Files;

namespace Tacit.Cli.Federations;

/// <summary>The data directory of a run: a named one that stays, or a temporary one that goes.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly bool temporary;

    private RunFolder(string path, bool temporary) => (Path, this.temporary) = (path, temporary);

    public string Path { get; }

    public static RunFolder Of(string? named, bool keep)
    {
        string? path = named ?? (keep ? Verbs.ServeVerb.DefaultFolder : null);
        if (path is null) return new RunFolder(Directory.CreateTempSubdirectory("tacit-up-").FullName, temporary: true);
        PrivateFolder.Create(path);
        return new RunFolder(System.IO.Path.GetFullPath(path), temporary: false);
    }

    public void Dispose()
    {
        if (!temporary) return;
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception held) when (held is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"up: the temporary folder {Path} could not be removed: {held.Message}");
        }
    }
}
