using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Rings;

namespace Tacit.Protocols.Uploads;

/// <summary>Adds uploads to one accumulator. An upload counts whole or not at all, so a broken one never touches the sum.</summary>
/// <remarks>
/// Memory: one accumulator and the chunks of at most <see cref="Slots"/> uploads in progress, however many participants wait. Chunks are kept
/// in blocks of one size that are used again. An upload of one chunk is added at once and takes none of these. A payload is read while it is
/// received and never kept, so its memory is the caller's again afterwards.
/// </remarks>
internal sealed class UploadCollector(RoundTerms terms, ImmutableArray<PartyId> expected)
{
    /// <summary>Uploads that may be in progress at the same time.</summary>
    public const int Slots = 2;

    // Of a phase timeout: so long an upload may take to begin after it got room, and to go on after each chunk. Whoever vanishes half-way must not cost the others much.
    private const double Beginning = 1.0 / 2, GoingOn = 1.0 / 12;

    private readonly HashSet<PartyId> finished = [];
    private readonly HashSet<PartyId> givenUp = [];
    private readonly Dictionary<PartyId, Staging> open = [];
    private readonly HashSet<PartyId> waiting = [];
    private readonly Queue<PartyId> queue = new();
    private readonly Stack<byte[]> spare = new();   // blocks of one chunk
    private DateTimeOffset ends;   // of the phase, if nothing is under way

    public ModularVector Sum { get; } = new(terms.Ring, terms.Length);

    public ImmutableArray<PartyId> Finished => [.. finished.Order()];

    /// <summary>Whether nothing more can come.</summary>
    public bool AllSettled => finished.Count + givenUp.Count == expected.Length;

    public PhaseStep Begin(DateTimeOffset now) => new() { Deadline = ends = now + terms.PhaseTimeout };

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        PartyId from = message.From;
        if (expected.BinarySearch(from) < 0) return PhaseStep.Reject(message, FailureCodes.RoundClosed, $"{from} had dropped out of round {terms.Round} before masked-input");
        if (finished.Contains(from)) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{from} had already sent its whole input");
        if (givenUp.Contains(from)) return PhaseStep.Reject(message, FailureCodes.RoundClosed, $"the upload of {from} stalled and was given up");
        if (terms.Length > terms.ResiduesPerChunk && InputUpload.IsRequest(message)) return Enqueue(message, now);
        if (!InputUpload.TryReadChunk(message.Payload.Span, out int offset, out ReadOnlySpan<byte> packed)) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, "not a chunk of an input");
        if (offset < 0 || offset >= terms.Length || offset % terms.ResiduesPerChunk != 0)
        {
            return PhaseStep.Reject(message, FailureCodes.VectorDimensionMismatch, $"chunk at residue {offset}; expected a multiple of {terms.ResiduesPerChunk} below {terms.Length}");
        }

        int count = Math.Min(terms.ResiduesPerChunk, terms.Length - offset);
        int bytes = BitPacking.PackedBytes(terms.Ring, count);
        if (packed.Length != bytes) return PhaseStep.Reject(message, FailureCodes.VectorDimensionMismatch, $"chunk at residue {offset} has {packed.Length} bytes; expected {bytes} for {count} residues");
        if (!HasCleanFilling(packed, count)) return PhaseStep.Reject(message, FailureCodes.ElementOutOfRange, $"element {offset + count - 1} is not below the modulus 2^{terms.Ring.Bits}");
        if (terms.Length <= terms.ResiduesPerChunk) return FinishSingle(from, packed);
        return open.TryGetValue(from, out Staging? staging)
            ? Continue(message, staging, packed, offset, now)
            : PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"chunk at residue {offset} before the coordinator had room for it");
    }

    /// <summary>Gives up uploads that had their time, did not begin or did not go on, so that those who wait get their turn.</summary>
    /// <returns>With a deadline if the phase goes on; without one if nothing is under way any more.</returns>
    public PhaseStep Expire(DateTimeOffset now)
    {
        foreach ((PartyId party, Staging staging) in open.Where(upload => upload.Value.Due <= now).ToArray())
        {
            open.Remove(party);
            givenUp.Add(party);   // no second turn: the phase ends after as many deadlines as there are participants
            foreach (byte[]? block in staging.Blocks) Release(block);
        }

        PhaseStep step = GrantFreeSlots(now);
        return open.Count > 0 ? step with { Deadline = NextDue } : ends > now ? step with { Deadline = ends } : step;
    }

    private DateTimeOffset NextDue => open.Values.Min(upload => upload.Due);

    private PhaseStep Enqueue(Envelope message, DateTimeOffset now)
    {
        if (open.ContainsKey(message.From) || !waiting.Add(message.From)) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{message.From} had already asked for room");
        queue.Enqueue(message.From);
        return GrantFreeSlots(now);
    }

    private bool HasCleanFilling(ReadOnlySpan<byte> packed, int count)
    {
        int used = (int)((long)count * terms.Ring.Bits % 8);
        return used == 0 || packed[^1] >> used == 0;
    }

    private PhaseStep FinishSingle(PartyId from, ReadOnlySpan<byte> packed)
    {
        BitPacking.TryAddPacked(Sum, 0, terms.Length, packed);
        finished.Add(from);
        return PhaseStep.Stay;
    }

    private PhaseStep Continue(Envelope message, Staging staging, ReadOnlySpan<byte> packed, int offset, DateTimeOffset now)
    {
        int index = offset / terms.ResiduesPerChunk;
        if (staging.Blocks[index] is not null) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"chunk at residue {offset} came twice");
        staging.Put(index, Keep(packed), now);
        if (!staging.IsComplete) return new PhaseStep { Deadline = NextDue };

        for (int i = 0; i < staging.Blocks.Length; i++)
        {
            int start = i * terms.ResiduesPerChunk, count = Math.Min(terms.ResiduesPerChunk, terms.Length - start);
            BitPacking.TryAddPacked(Sum, start, count, staging.Blocks[i].AsSpan(0, BitPacking.PackedBytes(terms.Ring, count)));
            Release(staging.Blocks[i]);
        }

        finished.Add(message.From);
        open.Remove(message.From);
        return GrantFreeSlots(now);
    }

    private byte[] Keep(ReadOnlySpan<byte> packed)
    {
        if (!spare.TryPop(out byte[]? block)) block = GC.AllocateUninitializedArray<byte>(BitPacking.PackedBytes(terms.Ring, terms.ResiduesPerChunk), pinned: true);
        packed.CopyTo(block);
        return block;
    }

    private void Release(byte[]? block)
    {
        if (block is not null) spare.Push(block);
    }

    // Whoever gets room gets a whole phase timeout for it.
    private PhaseStep GrantFreeSlots(DateTimeOffset now)
    {
        var grants = ImmutableArray.CreateBuilder<Envelope>();
        while (open.Count < Slots && queue.TryDequeue(out PartyId next))
        {
            waiting.Remove(next);
            open.Add(next, new Staging(terms, now));
            grants.Add(InputUpload.Grant(terms, next));
            ends = now + terms.PhaseTimeout;
        }

        return grants.Count == 0 ? PhaseStep.Stay : new PhaseStep { Outbound = grants.DrainToImmutable(), Deadline = NextDue };
    }

    private sealed class Staging(RoundTerms terms, DateTimeOffset granted)
    {
        private readonly TimeSpan timeout = terms.PhaseTimeout;
        private readonly DateTimeOffset whole = granted + terms.PhaseTimeout;
        private DateTimeOffset next = granted + (Beginning * terms.PhaseTimeout);
        private int chunks;

        /// <summary>When it is given up: it had a whole phase timeout, or the next chunk did not come.</summary>
        public DateTimeOffset Due => next < whole ? next : whole;

        public byte[]?[] Blocks { get; } = new byte[]?[(terms.Length + terms.ResiduesPerChunk - 1) / terms.ResiduesPerChunk];

        public bool IsComplete => chunks == Blocks.Length;

        public void Put(int index, byte[] block, DateTimeOffset now)
        {
            Blocks[index] = block;
            next = now + (GoingOn * timeout);
            chunks++;
        }
    }
}
