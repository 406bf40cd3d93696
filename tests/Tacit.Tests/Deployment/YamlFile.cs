using System.IO;
using Tacit.Tests.Conventions;
using YamlDotNet.RepresentationModel;

namespace Tacit.Tests.Deployment;

/// <summary>A node of a YAML file, found by its path: keys, and places in lists from 0.</summary>
internal sealed record YamlPart(YamlNode Node)
{
    public static IEnumerable<YamlPart> Documents(string path)
    {
        using StreamReader text = new(Path.Combine(SourceTree.Root, path));
        YamlStream stream = [];
        stream.Load(text);   // a key that is there twice is an error
        return [.. stream.Documents.Select(document => new YamlPart(document.RootNode))];
    }

    public string Text => ((YamlScalarNode)Node).Value ?? "";

    public IEnumerable<YamlPart> Items => Node is YamlSequenceNode list ? list.Children.Select(item => new YamlPart(item)) : [];

    public IEnumerable<string> Texts => Items.Select(item => item.Text);

    public IEnumerable<(string Key, YamlPart Value)> Entries => Node is YamlMappingNode map ? map.Children.Select(entry => (((YamlScalarNode)entry.Key).Value ?? "", new YamlPart(entry.Value))) : [];

    public YamlPart? Find(params object[] path)
    {
        YamlNode? node = Node;
        foreach (object step in path)
        {
            node = (node, step) switch
            {
                (YamlMappingNode map, string key) => map.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? found) ? found : null,
                (YamlSequenceNode list, int place) when place < list.Children.Count => list.Children[place],
                _ => null,
            };
        }

        return node is null ? null : new YamlPart(node);
    }

    public string? TextAt(params object[] path) => Find(path)?.Text;
}
