// Command release makes the commit and the tags of a release of all modules, in
// a checkout of this repository. It pushes nothing. .ci/release runs it.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/secretmux/secretmux/ci/repo"
)

const usage = `usage: .ci/release VERSION           show what the release would do
       .ci/release --apply VERSION   make its commits and tags here; nothing is pushed
       .ci/release --list            print each module's folder and kind
`

func main() {
	var out bytes.Buffer
	err := run(context.Background(), os.Args[1:], &out)
	fmt.Print(out.String())
	if err != nil {
		fmt.Fprintf(os.Stderr, "release: %v\n", err)
		if errors.Is(err, errUsage) {
			fmt.Fprint(os.Stderr, usage)
		}
		os.Exit(1)
	}
}

// errUsage is the error for arguments that the usage doesn't show.
var errUsage = errors.New("give one version")

func run(ctx context.Context, args []string, out *bytes.Buffer) error {
	var version string
	var applied, list bool
	for _, arg := range args {
		switch {
		case arg == "--apply":
			applied = true
		case arg == "--list":
			list = true
		case strings.HasPrefix(arg, "-") || version != "":
			return errUsage
		default:
			version = arg
		}
	}
	checkout, err := git(ctx, ".", "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	if list && version == "" && !applied {
		return printModules(ctx, checkout, out)
	}
	if list || version == "" {
		return errUsage
	}
	return release(ctx, checkout, version, applied, out)
}

func printModules(ctx context.Context, checkout string, out *bytes.Buffer) error {
	modules, err := repo.Find(ctx, checkout)
	if err != nil {
		return err
	}
	for _, m := range modules {
		fmt.Fprintf(out, "%-24s %s\n", m.Dir, m.Kind())
	}
	return nil
}

func release(ctx context.Context, checkout, version string, applied bool, out *bytes.Buffer) error {
	if err := validate(version); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "release-*")
	if err != nil {
		return fmt.Errorf("temporary folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	r, err := rehearse(ctx, checkout, folder, version)
	if err != nil {
		return err
	}
	var tags []string
	for _, m := range r.ordered {
		tags = append(tags, m.Tag(version))
	}
	notReady := ready(ctx, checkout, version, tags)
	if applied && notReady != nil {
		return notReady
	}
	changes, known, err := r.release(ctx)
	if err != nil {
		return err
	}
	report(out, r, known)
	if !applied {
		fmt.Fprintf(out, "\na dry run: nothing was changed; .ci/release --apply %s makes the commits and tags here\n", version)
		if notReady != nil {
			fmt.Fprintf(out, "which it would refuse:\n%v\n", notReady)
		}
		return nil
	}
	if err := apply(ctx, checkout, version, changes, tags); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nmade here, and pushed nowhere. To publish:\n  git push --atomic origin HEAD %s\n", strings.Join(tags, " "))
	return nil
}

// report prints the tags in the order in which they are made, and the modules
// that get none.
func report(out *bytes.Buffer, r *rehearsal, known map[string]sums) {
	fmt.Fprintf(out, "release %s of %s\n", r.version, r.root)
	for _, m := range r.ordered {
		fmt.Fprintf(out, "tag  %-32s %-10s %s\n", m.Tag(r.version), m.Kind(), known[m.Path()].zip)
	}
	for _, m := range r.modules {
		if !m.Kind().Released() {
			fmt.Fprintf(out, "     %-32s %s\n", m.Dir, m.Kind())
		}
	}
}
