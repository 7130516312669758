package cli

import (
	"context"
	"sort"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/secretmux/secretmux"
)

func listCommand(s *session) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "list [PREFIX] [flags]",
		Short: "List the names of secrets, never their values",
		Example: "  secretmux list\n" +
			"  secretmux list db/ --json",
		Long: "A link env: without prefix= lists the whole environment. It is left out without\n" +
			"--all.",
		Args: words("at most one prefix, such as db/", 0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.hide(args...)
			prefix := ""
			if len(args) > 0 {
				prefix = args[0]
			}
			return s.withStore(cmd.Context(), func(ctx context.Context, store *secretmux.Store) error {
				infos, err := s.names(ctx, store, prefix, all)
				if err != nil {
					return err
				}
				if s.json {
					return s.printJSON(listed(infos))
				}
				if len(infos) == 0 {
					s.say("secretmux: no secret is listed; a prefix is the beginning of a name, as in db/")
					return nil
				}
				rows := [][]string{{"NAME", "SOURCE", "VERSION", "CREATED"}}
				for _, info := range infos {
					rows = append(rows, []string{info.Name, info.Source, info.Version, timeText(info.Created)})
				}
				return s.table(rows)
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "include the whole environment")
	return cmd
}

// names lists a store and sorts the result. It shows its progress.
func (s *session) names(ctx context.Context, store *secretmux.Store, prefix string, all bool) ([]secretmux.Info, error) {
	show, done := s.progress()
	defer done()
	var (
		infos  []secretmux.Info
		hidden bool
	)
	for info, err := range secretmux.List(ctx, store, prefix) {
		switch {
		case err != nil:
			return nil, err
		case !all && ownEnvironment(info.Source):
			hidden = true
			continue
		}
		infos = append(infos, info)
		show(strconv.Itoa(len(infos)) + " names")
	}
	done()
	if hidden {
		s.say("secretmux: env: is left out; --all includes it")
	}
	sort.Slice(infos, func(i, j int) bool { return infos[i].Name < infos[j].Name }) // see Store.Status
	return infos, nil
}

// infoJSON is a secret in a list.
type infoJSON struct {
	Name    string     `json:"name"`
	Source  string     `json:"source"`
	Version string     `json:"version,omitempty"`
	Created *time.Time `json:"created,omitempty"`
	Expires *time.Time `json:"expires,omitempty"`
}

func listed(infos []secretmux.Info) []infoJSON {
	list := make([]infoJSON, 0, len(infos))
	for _, info := range infos {
		list = append(list, infoJSON{
			Name: info.Name, Source: info.Source, Version: info.Version,
			Created: jsonTime(info.Created), Expires: jsonTime(info.Expires),
		})
	}
	return list
}
