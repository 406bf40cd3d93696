# syntax=docker/dockerfile:1
# docker build . -t tacit:0.1.0
# The image holds the program and nothing else: no shell, no package manager, no secret. glibc, because the bundled SQLite needs it.
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props Tacit.slnx ./
COPY eng eng
COPY plans plans
COPY src src
RUN dotnet publish src/Tacit.Cli/Tacit.Cli.csproj -c Release -o /app -p:UseAppHost=false -p:RunAnalyzers=false && mkdir /data

FROM mcr.microsoft.com/dotnet/aspnet:10.0.12-noble-chiseled AS run
ENV DOTNET_EnableDiagnostics=0 \
    DOTNET_gcServer=0 \
    TACIT_ENVIRONMENT=Production
WORKDIR /app
COPY --from=build /app .
# 1654 is the image's own user "app". /data is the only place that is written to.
COPY --from=build --chown=1654:1654 /data /data
USER 1654:1654
VOLUME /data
EXPOSE 8443 8001 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["dotnet", "/app/tacit.dll", "status", "--live", "--data-dir", "/data"]
ENTRYPOINT ["dotnet", "/app/tacit.dll"]
CMD ["serve", "--data-dir", "/data", "--listen", "0.0.0.0:8443"]
