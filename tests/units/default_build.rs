//! What a program without the embedded graph says where that graph is needed.

use test_support::exporter::Setup;

#[test]
fn the_demo_names_the_feature_that_it_needs() {
    for arguments in [
        &["demo"][..],
        &["check", "--demo"],
        &["run", "--demo", "orphaned_agents"],
    ] {
        let setup = arguments
            .iter()
            .fold(Setup::new("demo").in_the_repository(), |setup, a| {
                setup.argument(a)
            });
        let mut exporter = setup.launch();
        assert_eq!(exporter.exit_code(), 64, "{arguments:?}");
        let expected = "error: this build does not contain the embedded graph: build it with `--features embedded`, e.g. cargo run --features embedded -- demo\n";
        assert_eq!(exporter.log(), expected, "{arguments:?}");
        assert_eq!(exporter.out(), "", "{arguments:?}");
    }
}
