using Tacit.Simulation.Receipts;
using Tacit.Storage.Files;

namespace Tacit.Cli.Reports;

/// <summary>A simulated job's receipts in a folder.</summary>
internal static class ReceiptFolder
{
    /// <summary>Writes receipts as rounds end; the folder must hold none yet.</summary>
    public static void WriteTo(this ReceiptBook book, string folder)
    {
        ReceiptFiles.Create(folder, book.Key);
        book.Issued = (roster, receipts) => ReceiptFiles.Write(folder, roster, receipts);
    }
}
