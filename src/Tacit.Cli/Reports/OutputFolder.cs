using System.IO;
using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Output;
using Tacit.Learning.Models;

namespace Tacit.Cli.Reports;

/// <summary>Where results go. Files appear whole or not at all: each is written beside its place and moved there.</summary>
internal sealed class OutputFolder
{
    private OutputFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>Makes the folder before the work begins, so that a wrong path does not cost a run.</summary>
    public static OutputFolder Prepare(string path)
    {
        if (File.Exists(path)) throw new FailureException(FailureCodes.InvalidValue, $"--out is {path}, which is a file; name a folder");
        try
        {
            Directory.CreateDirectory(path);
            string probe = System.IO.Path.Combine(path, ".tacit-probe");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureCodes.FileAccess, $"--out is {path}, which cannot be written: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }

        return new OutputFolder(path);
    }

    public void Write(JobResult result)
    {
        Dictionary<string, string> metadata = new() { ["tacit.model"] = result.Plan.Model.Kind, ["tacit.rounds"] = result.Secure.Last.Round.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        Put(Path, "model.safetensors", Safetensors.Write(result.Simulation.Network.Layout, result.Simulation.Released, metadata));
        Put(Path, "result.json", Encoding.UTF8.GetBytes(Json.ToText(JobJson.Of(result))));
        Put(Path, "report.html", Encoding.UTF8.GetBytes(HtmlReport.Of(result)));
    }

    /// <summary>Writes a file whole or not at all.</summary>
    public static void Put(string folder, string name, byte[] content)
    {
        string target = System.IO.Path.Combine(folder, name), temporary = target + ".part";
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, target, overwrite: true);
    }
}
