# Starts participants on this host and stops them on Ctrl-C.
#
#   ./run.ps1 [N] [OPTION...]              a coordinator and N participants (default 5); options go to `tacit up`
#
#   ./run.ps1 12 --plan plans/demo.yaml --rounds 3
#
# $env:TACIT names another program than the one that is built here.
$ErrorActionPreference = 'Stop'

$rest = @($args)
$count = 5
if ($rest.Count -gt 0 -and "$($rest[0])" -match '^[0-9]+$') {
    $count = $rest[0]
    $rest = @($rest | Select-Object -Skip 1)
}

if ($env:TACIT) {
    & $env:TACIT up --participants $count @rest
}
else {
    $dll = Join-Path $PSScriptRoot 'artifacts' 'bin' 'Tacit.Cli' 'release' 'tacit.dll'
    if (-not (Test-Path $dll)) { dotnet build (Join-Path $PSScriptRoot 'src' 'Tacit.Cli') -c Release -v quiet -nologo }
    # The participants are children of tacit up and end with it, however it ends; Ctrl-C reaches it through the console.
    & dotnet $dll up --participants $count @rest
}

exit $LASTEXITCODE
