using System.Text.Json.Nodes;
using Tacit.Aggregation.Rounds;
using Tacit.Cli.Output;
using Tacit.Participation;
using Tacit.Participation.Enrolment;

namespace Tacit.Cli.Federations;

/// <summary>What a participant tells while it takes part: lines for people on standard error, or one JSON object for each event on standard output as well.</summary>
internal sealed class JoinReport(bool json)
{
    public void Policy(string sentence)
    {
        Tell(sentence);
        Event("policy", new JsonObject { ["sentence"] = sentence });
    }

    /// <summary>The words that the owner compares.</summary>
    public void Waits(ParticipantFolder own)
    {
        string words = string.Join(' ', own.Words());
        Tell($"words  {words.ToUpperInvariant()}");
        Tell($"waiting for approval. Compare these words with the coordinator's owner by telephone or in person; there it is: tacit approve {own.Name} --words \"{words}\"");
        Event("waiting", new JsonObject { ["name"] = own.Name, ["words"] = words });
    }

    public void TakesPart(ParticipantFolder own)
    {
        Tell($"{own.Name} takes part at {own.Coordinator}");
        Event("taking-part", new JsonObject { ["name"] = own.Name, ["coordinator"] = own.Coordinator.AbsoluteUri });
    }

    public void Approved(ParticipantFolder own, string connection)
    {
        Tell($"{own.Name} is approved; {connection} holds a token for the other verbs (--data-dir {own.Folder}). When it is over, run tacit join --data-dir {own.Folder} again");
        Event("approved", new JsonObject { ["name"] = own.Name, ["connection"] = connection });
    }

    public void Lost(string message, TimeSpan pause)
    {
        Tell(FormattableString.Invariant($"{message}; again in {pause.TotalSeconds:F0} s"));
        Event("disconnected", new JsonObject { ["message"] = message, ["again_in_seconds"] = Json.Number(pause.TotalSeconds) });
    }

    public void KeyReplaced(string why)
    {
        Tell(why);
        Event("key-replaced", []);
    }

    public void Ended(RoundParticipation round)
    {
        var aborted = round.Outcome as RoundOutcome.Aborted;
        Tell(aborted is not null
            ? $"not in this round: {aborted.Reason}  {aborted.Detail}"
            : $"round {round.Terms!.Round} of {round.Terms.Job}: contributed{(round.Receipt is null ? "" : ", receipt verified")}");
        if (round.ReceiptProblem is { } problem) Tell($"the receipt is refused: {problem}");
        Event("round", new JsonObject
        {
            ["job"] = round.Terms?.Job,
            ["round"] = round.Terms?.Round,
            ["contributed"] = aborted is null,
            ["reason"] = aborted?.Reason.Name,
            ["detail"] = aborted?.Detail,
            ["receipt"] = round.ReceiptProblem is not null ? "refused" : round.Receipt is null ? "none" : "verified",
            ["receipt_problem"] = round.ReceiptProblem?.ToString(),
        });
    }

    private static void Tell(string line) => Console.Error.WriteLine($"join: {line}");

    private void Event(string what, JsonObject fields)
    {
        if (!json) return;
        fields.Insert(0, "event", what);
        Json.Print(fields);
    }
}
