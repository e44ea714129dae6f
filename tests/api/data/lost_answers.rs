//! A database whose answer to a commit is lost on the way: the commit took effect, but the client does not know.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rolecall_core::datasets::{Datasets, Target};
use rolecall_model::Role;
use rolecall_sign_in::db::Db;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};

use crate::support::{Postgres, TestClock, import_rows, importer};

/// A commit, as a client of Postgres writes it: a query of its own (Postgres, "Message Formats").
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// Forwards connections to a Postgres server, and cuts the next connection that commits after the commit is done.
struct Line {
    url: String,
    cuts: Arc<AtomicBool>,
}

impl Line {
    async fn to(server: &Postgres) -> Self {
        let socket = PathBuf::from(server.url().rsplit_once("host=").unwrap().1).join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("postgres://rolecall@{}/postgres?sslmode=disable", listener.local_addr().unwrap());
        let cuts = Arc::new(AtomicBool::new(false));
        let of_line = Arc::clone(&cuts);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass_on(client, UnixStream::connect(&socket).await.unwrap(), Arc::clone(&of_line)));
            }
        });
        Self { url, cuts }
    }
}

async fn pass_on(mut client: TcpStream, mut server: UnixStream, cuts: Arc<AtomicBool>) {
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Some(bytes @ 1..) = read.ok() else { return };
                let asked = &asked[..bytes];
                server.write_all(asked).await.unwrap();
                let commits = asked.windows(COMMIT.len()).any(|part| part == COMMIT);
                if commits && cuts.swap(false, Ordering::SeqCst) {
                    // The answer shows that the commit is done.
                    assert!(server.read(&mut answered).await.unwrap() > 0);
                    return;
                }
            }
            read = server.read(&mut answered) => {
                let Some(bytes @ 1..) = read.ok() else { return };
                if client.write_all(&answered[..bytes]).await.is_err() { return }
            }
        }
    }
}

async fn import(datasets: &Datasets, rows: &str, target: &Target) -> u64 {
    import_rows(datasets, format!("amount\n{rows}"), target).await
}

// Case: datasets/lost-answer
#[tokio::test]
async fn an_import_whose_commit_was_done_on_postgres_without_an_answer_is_there() {
    let (server, folder) = (Postgres::start(), TempDir::new().unwrap());
    let line = Line::to(&server).await;
    let db = Db::open(&line.url, &rolecall_core::schema::migrations()).await.unwrap();
    let datasets =
        Datasets::open(db, TestClock::starting_now().clock(), folder.path()).unwrap().importing_with(importer());
    let new = Target::New { name: "sales".to_owned(), title: "Sales".to_owned(), role: Role::Read };
    for version in [1, 2] {
        let target = match datasets.current("sales").await.unwrap() {
            None => new.clone(),
            Some(there) => Target::Append(there.key()),
        };
        line.cuts.store(true, Ordering::SeqCst);
        assert_eq!(import(&datasets, "1\n2\n", &target).await, version);
        assert!(!line.cuts.load(Ordering::SeqCst), "no commit was cut off");
        let sales = Arc::clone(datasets.catalogue().await.unwrap().get("sales").unwrap());
        assert_eq!((sales.data.version, sales.data.rows), (version, 2 * version));
        for file in &sales.data.files {
            assert!(folder.path().join("datasets").join(file).is_file(), "{file} is gone");
        }
    }
}
