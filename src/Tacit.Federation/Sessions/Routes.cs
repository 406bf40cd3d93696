namespace Tacit.Federation.Sessions;

/// <summary>Paths of the coordinator, as both sides write them.</summary>
public static class Routes
{
    /// <summary>The process runs. Anonymous.</summary>
    public const string Live = "/healthz/live";

    /// <summary>The coordinator takes participants. Anonymous.</summary>
    public const string Ready = "/healthz/ready";

    /// <summary>POST: a challenge to be signed.</summary>
    public const string Challenges = "/api/v1/challenges";

    /// <summary>POST: join with a signed challenge. GET: everybody that has joined.</summary>
    public const string Participants = "/api/v1/participants";

    /// <summary>GET: the offer that waits for the participant; waits for one.</summary>
    public const string Offer = "/api/v1/offer";

    /// <summary>POST: the participant is still there.</summary>
    public const string Presence = "/api/v1/presence";

    /// <summary>GET: what the coordinator does and what it waits for.</summary>
    public const string Status = "/api/v1/status";

    /// <summary>GET: all jobs.</summary>
    public const string Jobs = "/api/v1/jobs";

    /// <summary>GET: the key that receipts are checked with.</summary>
    public const string ReceiptKey = "/api/v1/receipts/key";

    /// <summary>GET: a job's plan as its owner wrote it, in YAML.</summary>
    /// <param name="job">The job's id.</param>
    public static string Plan(string job) => $"{Jobs}/{Uri.EscapeDataString(job)}/plan";

    /// <summary>GET: the participant's own receipts of a job, each behind its length in 4 bytes.</summary>
    /// <param name="job">The job's id.</param>
    /// <param name="after">The last round whose receipt it has, or 0.</param>
    /// <param name="round">Waits until this round is over.</param>
    public static string Receipts(string job, long after, long round) => FormattableString.Invariant($"{Jobs}/{Uri.EscapeDataString(job)}/receipts?after={after}&round={round}");

    /// <summary>GET: all rounds.</summary>
    public const string Rounds = "/api/v1/rounds";

    /// <summary>GET: an event for each change, as it happens.</summary>
    public const string Changes = "/api/v1/changes";

    /// <summary>GET: what the dashboard's pages are drawn from.</summary>
    public const string Views = "/api/v1/views";

    /// <summary>GET: the caller's role. Below it: POST links, POST end.</summary>
    public const string Session = "/api/v1/session";

    /// <summary>POST: invite somebody.</summary>
    public const string Invites = "/api/v1/invites";

    /// <summary>GET: everybody with state and roles; below it approve, revoke and roles of a name.</summary>
    public const string Roster = "/api/v1/roster";

    /// <summary>POST: a new key for the participant that asks.</summary>
    public const string Rotate = Roster + "/me/rotate";

    /// <summary>GET: tokens of people and programs. POST: another one.</summary>
    public const string Tokens = "/api/v1/tokens";

    /// <summary>POST: the answer to an offer.</summary>
    /// <param name="round">The round's number.</param>
    public static string Answer(long round) => FormattableString.Invariant($"{Rounds}/{round}/answer");

    /// <summary>GET: the terms of a round that the participant is in; waits for them.</summary>
    /// <param name="round">The round's number.</param>
    public static string Terms(long round) => FormattableString.Invariant($"{Rounds}/{round}/terms");

    /// <summary>GET: envelopes for the participant, from a place in their order; waits for them.</summary>
    /// <param name="round">The round's number.</param>
    /// <param name="from">How many it has.</param>
    public static string Envelopes(long round, int from) => FormattableString.Invariant($"{Rounds}/{round}/envelopes?from={from}");

    /// <summary>POST: envelopes of the participant, of one phase.</summary>
    /// <param name="round">The round's number.</param>
    /// <param name="phase">The phase's name.</param>
    public static string Envelopes(long round, string phase) => FormattableString.Invariant($"{Rounds}/{round}/envelopes/{phase}");
}
