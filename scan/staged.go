package scan

import (
	"bytes"
	"context"
	"io"
	"strings"
)

// Staged scans the changes that the next commit would bring: the files that git has
// staged. It reads them from git's index, not from the worktree. Paths are relative
// to the root of the repository. If nothing is staged, or only deletions, the
// report has no Files and no Skipped.
//
// In a hook, the environment that git sets says which index to read. If dir is not
// in a repository, the error is ErrInvalid. The other errors are the same as those
// of [Scanner.Worktree].
func (s *Scanner) Staged(ctx context.Context, dir string) (*Report, error) {
	q := newSearch(s)
	g := git{dir: dir}
	files, err := g.staged(ctx)
	if err != nil || len(files) == 0 {
		return q.report, err
	}
	var ids bytes.Buffer
	var paths []string
	for _, f := range files {
		if f.mode == submodule {
			q.skip(f.path, "a submodule: scan it on its own")
			continue
		}
		ids.WriteString(f.id + "\n")
		paths = append(paths, f.path)
	}
	if len(paths) == 0 {
		return q.report, nil
	}
	next := 0
	err = g.objects(ctx, &ids, func(o object) error {
		if next == len(paths) {
			return errCutOff()
		}
		path := paths[next]
		next++
		if o.kind == "" {
			q.skip(path, "this partial clone does not have its content")
			return nil
		}
		begin := len(q.report.Findings)
		err := q.file(ctx, path, o.content)
		for i := range q.report.Findings[begin:] {
			q.report.Findings[begin+i].Object = o.id
		}
		return err
	})
	if err == nil && next < len(paths) {
		err = errCutOff()
	}
	return q.report, err
}

// submodule is the mode of a submodule in git's diff format.
const submodule = "160000"

// change is a file that differs, as git's raw diff format describes it.
type change struct{ mode, id, path string }

// staged lists the files that are added or changed in the index.
func (g git) staged(ctx context.Context) ([]change, error) {
	before := "HEAD"
	if _, err := g.output(ctx, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"); err != nil {
		// Either there is no commit yet, and the empty tree takes its place, or dir
		// is not in a repository, and the next call fails. Git is asked for the id
		// of the empty tree, because it differs between SHA-1 and SHA-256.
		id, err := g.output(ctx, "hash-object", "-t", "tree", "--stdin")
		if err != nil {
			return nil, err
		}
		before = strings.TrimSpace(string(id))
	}
	var files []change
	err := g.pipe(ctx, nil, func(r io.Reader) error {
		return eachChange(r, func(c change) error {
			files = append(files, c)
			return nil
		})
	}, "diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv",
		"--no-relative", "--ignore-submodules=none", "--diff-filter=ACMRT", before, "--")
	return files, err
}

// eachChange reads git's raw diff format with NULs: ":old-mode mode old-id id
// status", then the path. A record without the colon is the id of a commit. It is
// passed to visit as a change without a path.
func eachChange(r io.Reader, visit func(change) error) error {
	var head []string
	return eachRecord(r, func(record string) error {
		if head != nil {
			c := change{mode: head[1], id: head[3], path: record}
			head = nil
			return visit(c)
		}
		fields, isChange := strings.CutPrefix(record, ":")
		if !isChange {
			return visit(change{id: record})
		}
		if head = strings.Fields(fields); len(head) != 5 {
			return errCutOff()
		}
		return nil
	})
}
