package scan

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
)

// mostObjects bounds how many findings of a history are kept until duplicates are
// dropped.
const mostObjects = 100_000

// History scans every object of the repository at dir once: all versions of all
// files, the names in all folders and the messages of commits and tags. It also
// scans objects that no branch reaches any more. The repository may be bare. Paths
// are relative to the root of the repository. A secret that is in many versions of
// a file is one finding, and its Commit is the first one that brought the secret.
// If the secret is in the message of a commit, Commit is that commit. Report.Files
// counts all objects.
//
// If dir is not in a repository, the error is ErrInvalid. The other errors are the
// same as those of [Scanner.Worktree].
func (s *Scanner) History(ctx context.Context, dir string) (*Report, error) {
	q := newSearch(s)
	g := git{dir: dir}
	h := history{search: q, objects: map[string][]Finding{}}
	err := g.objects(ctx, nil, func(o object) error { return h.object(ctx, o) }, "--batch-all-objects", "--unordered")
	return q.report, errors.Join(err, h.resolve(ctx, g))
}

type history struct {
	*search
	objects map[string][]Finding // by the id of the object
	order   []string             // of objects
	kept    int
}

func (h *history) object(ctx context.Context, o object) error {
	h.subject = "object " + o.id
	h.found = func(f Finding) {
		if h.kept == mostObjects {
			h.report.More++
			return
		}
		h.kept++
		f.Object = o.id
		switch o.kind {
		case "commit":
			f.Commit = o.id
		case "tree":
			f.Line, f.Column = 0, 0 // the secret is in the name of a file
		}
		if h.objects[o.id] == nil {
			h.order = append(h.order, o.id)
		}
		h.objects[o.id] = append(h.objects[o.id], f)
	}
	return h.file(ctx, "", o.content)
}

// resolve finds the path and the first commit of each object that holds a secret,
// and reports its findings. The oldest come first.
func (h *history) resolve(ctx context.Context, g git) error {
	if len(h.objects) == 0 {
		return nil
	}
	places, err := g.places(ctx, func(id string) bool { return h.objects[id] != nil })
	seen := map[place]bool{}
	report := func(id string, p place) {
		shown, named := h.path(p.path)
		for _, f := range append(named, h.objects[id]...) {
			f.Path, f.Object = shown, id
			if p.commit != "" {
				f.Commit = p.commit
			}
			one := place{id: cmp.Or(f.Path, id), path: f.Rule + " " + f.Secret + " " + f.Digest}
			if f.Line == 0 {
				one.commit = "in the path"
			}
			if !seen[one] {
				seen[one] = true
				h.add(f)
			}
		}
		delete(h.objects, id)
	}
	for _, p := range places {
		if h.objects[p.id] != nil {
			report(p.id, p)
		}
	}
	for _, id := range h.order {
		if h.objects[id] != nil {
			report(id, place{})
		}
	}
	return err
}

// place is the path and the commit with which a blob came into the history.
type place struct{ id, path, commit string }

// places returns the first commit and path of each wanted blob. The oldest commit
// comes first.
func (g git) places(ctx context.Context, wanted func(id string) bool) ([]place, error) {
	commits, err := g.commits(ctx)
	if err != nil {
		return nil, err
	}
	var (
		all    []place
		commit string
		seen   = map[string]bool{}
	)
	err = g.pipe(ctx, commits, func(r io.Reader) error {
		return eachChange(r, func(c change) error {
			if c.path == "" {
				commit = c.id
			} else if wanted(c.id) && !seen[c.id] {
				seen[c.id] = true
				all = append(all, place{id: c.id, path: c.path, commit: commit})
			}
			return nil
		})
	}, "diff-tree", "--stdin", "--root", "-r", "-m", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv",
		"--no-relative")
	return all, err
}

// commits returns the ids of all commits, one on each line. The oldest comes first.
func (g git) commits(ctx context.Context) (io.Reader, error) {
	var ids bytes.Buffer
	err := g.pipe(ctx, nil, func(r io.Reader) error {
		_, err := ids.ReadFrom(r)
		return err
	}, "rev-list", "--all", "--reflog", "--reverse", "--topo-order")
	return &ids, err
}
