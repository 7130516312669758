package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/secretmux/secretmux/ci/repo"
)

// rehearsal makes a release in a clone that is thrown away, to learn each
// module's checksums: a module's go.sum holds those of the modules it requires.
type rehearsal struct {
	clone   string   // the throw-away repository
	cache   string   // a module cache of its own: a rehearsed version must not stay in the user's
	env     []string // makes the go command read the clone in place of the public repository
	version string
	root    string        // the root module's path
	modules []repo.Module // of the clone
	ordered []repo.Module // those that are released, in the order of their release
}

// rehearse makes the rehearsal in an empty folder, of the checkout's last commit.
func rehearse(ctx context.Context, checkout, folder, version string) (*rehearsal, error) {
	r := &rehearsal{
		clone: filepath.Join(folder, "clone"), cache: filepath.Join(folder, "cache"),
		version: version,
	}
	source := "file://" + filepath.ToSlash(checkout)
	if _, err := git(ctx, folder, "clone", "--quiet", "--no-tags", "--depth=1", source, r.clone); err != nil {
		return nil, err
	}
	var err error
	if r.modules, err = repo.Find(ctx, r.clone); err != nil {
		return nil, err
	}
	if r.ordered, err = repo.Order(r.modules); err != nil {
		return nil, err
	}
	r.root = r.modules[0].Path()
	if err := os.Mkdir(r.cache, 0o700); err != nil {
		return nil, fmt.Errorf("module cache: %w", err)
	}
	r.env = []string{
		"GOWORK=off", "GOPROXY=direct", "GOPRIVATE=" + r.root, "GOVCS=*:git",
		"GOFLAGS=-modcacherw", "GOMODCACHE=" + r.cache,
		"GIT_CONFIG_COUNT=1",
		"GIT_CONFIG_KEY_0=url.file://" + filepath.ToSlash(r.clone) + ".insteadOf",
		"GIT_CONFIG_VALUE_0=https://" + r.root,
	}
	return r, nil
}

// release returns what the release does to each module, and the checksums of the
// released ones by path.
func (r *rehearsal) release(ctx context.Context) ([]change, map[string]sums, error) {
	known := make(map[string]sums)
	var changes []change
	for _, m := range r.ordered {
		c, err := released(m, r.root, r.version, known)
		if err != nil {
			return nil, nil, err
		}
		if known[m.Path()], err = r.publish(ctx, m, c.tagged); err != nil {
			return nil, nil, err
		}
		changes = append(changes, c)
	}
	for _, m := range r.modules {
		if m.Kind().Released() {
			continue
		}
		c, err := kept(m, r.root, r.version)
		if err != nil {
			return nil, nil, err
		}
		changes = append(changes, c)
	}
	return changes, known, nil
}

// publish tags the module in the clone and lets the go command make its zip, as a
// module proxy does: by golang.org/x/mod/zip, from what git archives, with the
// root's LICENSE where the module has none of its own.
func (r *rehearsal) publish(ctx context.Context, m repo.Module, tagged files) (sums, error) {
	if err := tagged.write(r.clone, m.Dir); err != nil {
		return sums{}, err
	}
	for _, args := range [][]string{
		{"add", "--all"},
		{
			"-c", "user.name=rehearsal", "-c", "user.email=rehearsal@localhost", "-c", "commit.gpgSign=false",
			"commit", "--quiet", "--no-verify", "--allow-empty", "-m", "rehearse " + m.Tag(r.version),
		},
		{"-c", "tag.gpgSign=false", "tag", m.Tag(r.version)},
	} {
		if _, err := git(ctx, r.clone, args...); err != nil {
			return sums{}, err
		}
	}
	text, err := output(ctx, r.cache, r.env, "go", "mod", "download", "-json", m.Path()+"@"+r.version)
	var got struct{ Sum, GoModSum, Error string }
	if json.Unmarshal([]byte(text), &got) == nil && got.Error != "" {
		return sums{}, fmt.Errorf("users can't get %s: %s", m.Path(), got.Error)
	}
	if err != nil {
		return sums{}, err
	}
	return sums{zip: got.Sum, mod: got.GoModSum}, nil
}
