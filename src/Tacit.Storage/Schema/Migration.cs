using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Reflection;
using System.Text;
using Tacit.Storage.Sql;

namespace Tacit.Storage.Schema;

/// <summary>One step of the tables, from the SQL files in this assembly.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Name">As in the file's name.</param>
/// <param name="Sql">The statements.</param>
internal sealed record Migration(long Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the statements.</summary>
    public string Checksum { get; } = StoredText.Hash(Sql);

    /// <summary>All steps for a database, in order.</summary>
    /// <param name="dialect">The folder.</param>
    public static ImmutableArray<Migration> For(string dialect)
    {
        Assembly assembly = typeof(Migration).Assembly;
        return
        [
            .. from resource in assembly.GetManifestResourceNames()
               where resource.Replace('\\', '/').StartsWith(dialect + "/", StringComparison.Ordinal)
               let file = Path.GetFileNameWithoutExtension(resource.Replace('\\', '/'))
               let number = long.Parse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture)
               orderby number
               select new Migration(number, file[5..], Read(assembly, resource)),
        ];
    }

    private static string Read(Assembly assembly, string resource)
    {
        using StreamReader reader = new(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
