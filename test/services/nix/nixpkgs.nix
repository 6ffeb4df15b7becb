# As much of nixpkgs as flake.nix may name, and nothing more: naming anything else fails the evaluation.
# Every attribute here was looked up in nixpkgs; docs/NIX.md says where.
{ refuses }:
let
  onSystem =
    system:
    let
      isLinux = builtins.elem system [
        "x86_64-linux"
        "aarch64-linux"
      ];

      make =
        name: attributes:
        derivation (
          {
            inherit name system;
            builder = "/bin/sh";
          }
          // attributes
        );

      package = name: make name { };
    in
    {
      nodejs_24 = package "nodejs";
      postgresql_17 = package "postgresql";
      nats-server = package "nats-server";
      valkey = package "valkey";
      coreutils = package "coreutils";
      gnugrep = package "gnugrep";

      chromium =
        if isLinux then package "chromium" else throw "chromium is not available for ${system}: Linux only";

      stdenv.hostPlatform = { inherit isLinux; };

      mkShell = { packages }: make "nix-shell" { nativeBuildInputs = packages; };

      runCommand =
        name: { nativeBuildInputs }: script:
        make name { inherit nativeBuildInputs script; };

      writeShellApplication =
        {
          name,
          runtimeInputs,
          text,
        }:
        make name { inherit runtimeInputs text; } // { meta.mainProgram = name; };

      lib = {
        optionals = condition: list: if condition then list else [ ];
        optionalString = condition: text: if condition then text else "";
        getExe = program: "${program}/bin/${program.meta.mainProgram}";
      };
    };

  systems = [
    "x86_64-linux"
    "aarch64-linux"
    "x86_64-darwin"
    "aarch64-darwin"
  ];

  on = system: if system == refuses then throw "Nixpkgs 26.11 has dropped support for ${system}." else onSystem system;
in
{
  legacyPackages = builtins.listToAttrs (
    map (system: {
      name = system;
      value = on system;
    }) systems
  );
}
