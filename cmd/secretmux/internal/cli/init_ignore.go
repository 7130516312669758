package cli

import (
	"bytes"
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
)

// usualFiles returns the files that a repository must not have, and the files of
// the stores.
func usualFiles(own []string) []string {
	files := []string{".env", ".env.local", ".env.development", ".env.staging", ".env.production", ".env.test"}
	for _, path := range own {
		if !slices.Contains(files, path) {
			files = append(files, path)
		}
	}
	return files
}

// missingRules returns the lines that .gitignore lacks. A line is not missing if
// another rule has the same effect.
func missingRules(ctx context.Context, root string, own []string) ([]string, error) {
	const some, example = ".env.local", ".env.example"
	ask := append([]string{".env", some, example}, own...)
	ignored, err := scan.Ignored(ctx, root, ask...)
	if err != nil {
		return nil, err
	}
	var lines []string
	if !slices.Contains(ignored, ".env") {
		lines = append(lines, ".env")
	}
	if !slices.Contains(ignored, some) {
		lines = append(lines, ".env.*")
	}
	if !slices.Contains(ignored, some) || slices.Contains(ignored, example) {
		lines = append(lines, "!"+example)
	}
	for _, file := range own {
		covered := file == ".env" || strings.HasPrefix(path.Base(file), ".env.") && path.Base(file) != example
		if !covered && !slices.Contains(ignored, file) {
			lines = append(lines, "/"+escapeRule(file))
		}
	}
	return lines, nil
}

// escapeRule returns a rule that matches only this path.
func escapeRule(file string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, " ", `\ `).Replace(file)
}

// appendIgnore adds the lines at the end of the file, with the same line ends.
func (p *setup) appendIgnore() error {
	if len(p.ignore) == 0 {
		return nil
	}
	root, err := os.OpenRoot(p.root)
	if err != nil {
		return usage("the worktree can't be opened: "+reason(err), "")
	}
	defer func() { _ = root.Close() }()
	const name = ".gitignore"
	old, err := os.ReadFile(filepath.Join(p.root, name))
	if err != nil && !os.IsNotExist(err) {
		return usage("the file .gitignore can't be read: "+reason(err), "")
	}
	if info, err := root.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return usage(".gitignore is not a regular file, and git does not read it", "replace it with a regular file")
	}
	end := "\n"
	if bytes.Contains(old, []byte("\r\n")) {
		end = "\r\n"
	}
	text := strings.Join(p.ignore, end) + end
	if len(old) > 0 && !bytes.HasSuffix(old, []byte("\n")) {
		text = end + text
	}
	file, err := root.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return usage("the file .gitignore can't be written: "+reason(err), "")
	}
	_, err = file.WriteString(text)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return usage("the file .gitignore can't be written: "+reason(err), "")
	}
	return nil
}

// plainFiles returns the schemes of files that hold values in plain text. Encrypted
// files are made to be committed.
func plainFiles() []string { return []string{"dotenv", "file"} }

// ownFiles returns the files of the stores that are below dir and hold plain text.
// The paths are relative to dir. Outside of a repository, scan leaves these files
// out. In a repository only git's ignore rules count, because a store that git
// tracks is a leak.
func (s *session) ownFiles(dir string) []string {
	config, err := s.configString()
	if err != nil {
		return nil
	}
	links, _ := secretmux.ParseConfig(config)
	base, err := filepath.Abs(dir)
	if err != nil {
		return nil
	}
	var files []string
	for _, l := range links {
		if l.URI == nil || !slices.Contains(plainFiles(), l.URI.Scheme) {
			continue
		}
		file, err := filepath.Abs(filepath.FromSlash(l.URI.Path))
		if err != nil {
			continue
		}
		if rel, err := filepath.Rel(base, file); err == nil && filepath.IsLocal(rel) && rel != "." {
			files = append(files, filepath.ToSlash(rel))
		}
	}
	return files
}
