//! The till's window: it draws what the core tells, passes on what the cashier does, and shows
//! native notifications. Holds no rule.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod arguments;
mod desk;
mod first_camera;
mod folders;
mod network;
mod popup;
mod report;
mod rpc;
mod shop;
mod tray;
mod webview;
mod window;
mod words;

use arguments::Arguments;
use clap::Parser as _;
use desk::Desk;
use tauri::{Manager as _, RunEvent, WindowEvent};
use tracing_subscriber::EnvFilter;

fn main() {
    // The camera runs in a child process of this same binary.
    reda_scan::child::run_if_asked();
    webview::draw_without_gl();
    let started = std::time::Instant::now();
    let arguments = Arguments::parse();
    // One crypto provider, whatever the dependencies bring.
    rustls::crypto::ring::default_provider().install_default().ok();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    run(arguments, started);
}

fn run(arguments: Arguments, started: std::time::Instant) {
    let single = tauri_plugin_single_instance::Builder::new()
        .callback(|app, _arguments, _folder| window::bring_forward(app))
        .dbus_id(format!("app.reda.till.{}", arguments.profile.as_str()));
    let built = tauri::Builder::default()
        // First of all plugins: a second start of the same profile ends here.
        .plugin(single.build())
        .invoke_handler(tauri::generate_handler![rpc::rpc])
        .setup(move |app| {
            let profile = arguments.profile.clone();
            let desk = Desk::open(app.handle().clone(), arguments, started)?;
            app.manage(desk.clone());
            window::restore(app.handle(), desk.settings());
            tray::put_up(app.handle(), profile.as_str(), desk.settings().language());
            desk.start();
            network::on_change(move || desk.try_now());
            Ok(())
        })
        .on_window_event(|window, event| match event {
            WindowEvent::Focused(focused) => {
                window.state::<Desk>().window_focused(*focused);
            }
            WindowEvent::CloseRequested { api, .. } => {
                let desk = window.state::<Desk>();
                window::remember(window, desk.settings());
                if !desk.may_close() {
                    api.prevent_close();
                }
            }
            _ => {}
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => app.run(|app, event| {
            if let RunEvent::Exit = event {
                app.state::<Desk>().stop();
            }
        }),
        Err(error) => {
            eprintln!("The till could not start: {error:#}");
            std::process::exit(1);
        }
    }
}
