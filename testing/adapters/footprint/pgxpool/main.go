// Command pgxpool opens pgx's own pool, for scale. See testing/clouds/footprint/measure.
package main

import (
	"context"
	"log"

	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	pool, err := pgxpool.New(context.Background(), "host=db.internal")
	log.Print(pool, err)
}
