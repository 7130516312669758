package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/semver"
)

// validate refuses a version that can't be given to this repository's modules.
func validate(version string) error {
	switch {
	case !semver.IsValid(version) || semver.Canonical(version) != version:
		return fmt.Errorf("%q is not a version: write it as v0.3.0 or v0.3.0-rc.1", version)
	case semver.Major(version) != "v0" && semver.Major(version) != "v1":
		return fmt.Errorf("%s needs module paths that end in /%s (https://go.dev/ref/mod#major-version-suffixes)", version, semver.Major(version))
	}
	return nil
}

// ready says what the checkout lacks for the release: tags are never moved, and
// the release is of a commit, with its changes told.
func ready(ctx context.Context, checkout, version string, tags []string) error {
	var problems []error
	changed, err := git(ctx, checkout, "status", "--porcelain")
	if err != nil {
		return err
	}
	if changed != "" {
		problems = append(problems, errors.New("there are uncommitted changes: they are not in the release; commit or stash them"))
	}
	for _, tag := range tags {
		found, err := git(ctx, checkout, "tag", "--list", tag)
		if err != nil {
			return err
		}
		if found != "" {
			problems = append(problems, fmt.Errorf("the tag %s exists: module proxies keep what it named; take the next version", tag))
		}
	}
	changelog, err := os.ReadFile(filepath.Join(checkout, "CHANGELOG.md"))
	if err != nil {
		return fmt.Errorf("changelog: %w", err)
	}
	heading := "## [" + strings.TrimPrefix(version, "v") + "]"
	if semver.Prerelease(version) == "" && !strings.Contains(string(changelog), "\n"+heading) {
		problems = append(problems, fmt.Errorf("CHANGELOG.md has no %q: move Unreleased under it, with the date", heading))
	}
	return errors.Join(problems...)
}

// apply makes the two commits on the checkout's branch, and the tags on the first.
func apply(ctx context.Context, checkout, version string, changes []change, tags []string) error {
	err := commit(ctx, checkout, changes, func(c change) files { return c.tagged },
		"release "+version,
		"Every module requires the others at this version, with their checksums and\nwithout replace lines: this is what users get.")
	if err != nil {
		return err
	}
	for _, tag := range tags {
		if _, err := git(ctx, checkout, "tag", "--annotate", "--message", tag, tag); err != nil {
			return err
		}
	}
	return commit(ctx, checkout, changes, func(c change) files { return c.after },
		"replace lines after "+version,
		"Modules are built from the folders beside them again.")
}

func commit(ctx context.Context, checkout string, changes []change, pick func(change) files, title, body string) error {
	for _, c := range changes {
		if err := pick(c).write(checkout, c.dir); err != nil {
			return err
		}
	}
	if _, err := git(ctx, checkout, "add", "--all"); err != nil {
		return err
	}
	_, err := git(ctx, checkout, "commit", "--quiet", "--allow-empty", "--message", title, "--message", body)
	return err
}
