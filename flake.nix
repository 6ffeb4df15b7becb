{
  description = "STROM: paper-trading agents on one pure trading core";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixpkgs-unstable";

    # Nixpkgs 26.11 refuses to evaluate for x86_64-darwin; 26.05 is the last release that builds for it.
    # No other system looks at this input. See docs/NIX.md.
    nixpkgs-intel-mac.url = "github:NixOS/nixpkgs/nixpkgs-26.05-darwin";
  };

  outputs =
    {
      self,
      nixpkgs,
      nixpkgs-intel-mac,
    }:
    let
      packagesOf = {
        x86_64-linux = nixpkgs.legacyPackages.x86_64-linux;
        aarch64-linux = nixpkgs.legacyPackages.aarch64-linux;
        aarch64-darwin = nixpkgs.legacyPackages.aarch64-darwin;
        x86_64-darwin = nixpkgs-intel-mac.legacyPackages.x86_64-darwin;
      };

      forAllSystems = make: builtins.mapAttrs (_system: make) packagesOf;

      # Everything `npm test` looks for, so that no suite is left out. npm comes with node.
      # Chromium is packaged for Linux only; on macOS the browser tests use the one that is installed.
      tools =
        pkgs:
        [
          pkgs.nodejs_24
          pkgs.postgresql_17
          pkgs.nats-server
          pkgs.valkey
        ]
        ++ pkgs.lib.optionals pkgs.stdenv.hostPlatform.isLinux [ pkgs.chromium ];

      # npm installs beside package.json, and the store is read-only: inside a checkout this runs the checkout,
      # anywhere else a writable copy of this revision, made once.
      launcher =
        pkgs:
        pkgs.writeShellApplication {
          name = "strom";
          runtimeInputs = [
            pkgs.nodejs_24
            pkgs.coreutils
            pkgs.gnugrep
          ];
          text = ''
            home="$PWD"
            if ! grep -qs '"name": "strom"' package.json; then
              export STROM_DATA_DIR="''${STROM_DATA_DIR:-$PWD/.strom}"
              home="''${XDG_CACHE_HOME:-$HOME/.cache}/strom/${baseNameOf self.outPath}"
              if [ ! -d "$home" ]; then
                mkdir -p "$(dirname "$home")"
                copy="$(mktemp -d "$home.XXXXXX")"
                cp -R ${self.outPath}/. "$copy"
                chmod -R u+w "$copy"
                mv -T "$copy" "$home" 2>/dev/null || rm -rf "$copy"
              fi
            fi
            if [ "$#" -eq 0 ]; then
              exec node "$home/scripts/run.mjs" start
            fi
            exec node "$home/scripts/run.mjs" strom "$@"
          '';
        };
    in
    {
      devShells = forAllSystems (pkgs: {
        default = pkgs.mkShell { packages = tools pkgs; };
      });

      packages = forAllSystems (pkgs: {
        default = launcher pkgs;
      });

      apps = forAllSystems (pkgs: {
        default = {
          type = "app";
          program = pkgs.lib.getExe (launcher pkgs);
        };
      });

      checks = forAllSystems (pkgs: {
        launcher = launcher pkgs;

        # Each tool starts and is the one the tests expect.
        tools = pkgs.runCommand "strom-tools" { nativeBuildInputs = tools pkgs; } ''
          node --version | grep '^v24\.'
          npm --version
          initdb --version | grep ' 17\.'
          nats-server --version
          valkey-server --version
          ${pkgs.lib.optionalString pkgs.stdenv.hostPlatform.isLinux "command -v chromium"}
          touch "$out"
        '';

        # Node must be able to run every source as it is: only syntax that can be erased.
        sources = pkgs.runCommand "strom-sources" { nativeBuildInputs = [ pkgs.nodejs_24 ]; } ''
          find ${self.outPath}/core ${self.outPath}/adapters ${self.outPath}/apps ${self.outPath}/migrations \
            -name '*.ts' -not -path '*/node_modules/*' -print0 | xargs -0 -n 1 node --check
          touch "$out"
        '';
      });
    };
}
